// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.tier.LostZpageException;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A revocable tier around a heap tier: loses everything when told to. A locator is that of the heap
 * tier and a number of the backing that counts; two backings are kept for each zpage.
 */
public final class LossyTier implements RevocableTier {
  private static final int VERSIONS = 16;

  private final HeapTier inner;
  private final Map<Long, long[]> backings = new ConcurrentHashMap<>();
  private final Map<Long, Integer> versions = new ConcurrentHashMap<>();

  /** Whether every read finds that the zpage is lost. */
  public volatile boolean lost;

  /** Whether what it takes gets a mirror. */
  public volatile boolean mirrored = true;

  LossyTier(HeapTier inner) {
    this.inner = inner;
  }

  static long inner(long locator) {
    return locator / VERSIONS;
  }

  private static long outer(long inner, int version) {
    return inner * VERSIONS + version;
  }

  @Override
  public boolean isMirrored() {
    return mirrored;
  }

  @Override
  public long repatriate(ZpageVisitor visitor) {
    return NOTHING;
  }

  @Override
  public long rebase(long locator, long backing) {
    long at = inner(locator);
    int next = (int) (locator + 1) % VERSIONS;
    backings.get(at)[next % 2] = backing;
    versions.put(at, next);
    return outer(at, next);
  }

  @Override
  public TierOutcome store(ZpageBatch batch) throws IOException {
    TierOutcome outcome = inner.store(batch);
    if (outcome == TierOutcome.STORED) {
      for (int i = 0; i < batch.count(); i++) {
        long at = batch.toLocator(i);
        backings.put(at, new long[] {batch.backing(i), NO_BACKING});
        versions.put(at, 0);
        batch.setToLocator(i, outer(at, 0));
      }
    }
    return outcome;
  }

  @Override
  public int read(long locator, ByteBuffer scratch, ZpageReader reader) throws IOException {
    if (lost) {
      throw new LostZpageException("told to lose it");
    }
    return inner.read(inner(locator), scratch, reader);
  }

  @Override
  public long backing(long locator) {
    long[] both = backings.get(inner(locator));
    return both == null ? NO_BACKING : both[(int) (locator % VERSIONS) % 2];
  }

  @Override
  public long reclaim(ZpageVisitor visitor, long untouchedSinceNanos) {
    return inner.reclaim(
        (memory, offset, bytes, at, none) -> {
          long locator = outer(at, versions.get(at));
          visitor.visit(memory, offset, bytes, locator, backing(locator));
        },
        untouchedSinceNanos);
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    return NO_SPACE;
  }

  @Override
  public void free(long locator) {
    inner.free(inner(locator));
  }

  @Override
  public long heldBytes(long locator) {
    return inner.heldBytes(inner(locator));
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public void attach(TierHost host) {
    inner.attach(host);
  }

  @Override
  public int scratchBytes() {
    // It stands for a tier that is not in this memory.
    return Math.max(1, inner.scratchBytes());
  }

  @Override
  public String describe(long locator) {
    return inner.describe(inner(locator));
  }

  @Override
  public long maintain() {
    return 0;
  }

  @Override
  public TierStats stats() {
    return inner.stats();
  }

  @Override
  public void settle(long region) {
    inner.settle(region);
  }

  @Override
  public long usedBytes() {
    return inner.usedBytes();
  }

  @Override
  public long limitBytes() {
    return inner.limitBytes();
  }

  @Override
  public void close() {
    inner.close();
  }
}
