// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.testing;

import io.pagestrata.core.tier.IndexStats;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A lower tier that does what the test says with each batch and remembers what it stored. */
public final class FakeLower extends FakeTier {
  /** What a store does. */
  @FunctionalInterface
  public interface Behaviour {
    TierOutcome store(ZpageBatch batch) throws IOException;
  }

  /** What a step of upkeep does. */
  @FunctionalInterface
  public interface Upkeep {
    long step() throws IOException;
  }

  public static final long LIMIT_BYTES = 1L << 30;

  public volatile Behaviour behaviour = batch -> TierOutcome.STORED;
  public volatile Upkeep upkeep = () -> 0;
  public volatile TierState state = TierState.OPEN;
  public volatile long usedBytes;
  public volatile RecoveryStats recovery = RecoveryStats.NONE;
  public volatile String trouble;
  public volatile WriteBudget budget = WriteBudget.UNLIMITED;
  private final List<List<Long>> stored = new ArrayList<>();
  private int attempts;

  FakeLower() {
    super("file");
  }

  @Override
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  @Override
  public WriteBudget writeBudget() {
    return budget;
  }

  @Override
  public TierOutcome store(ZpageBatch batch) throws IOException {
    synchronized (this) {
      attempts++;
    }
    TierOutcome outcome = behaviour.store(batch);
    if (outcome == TierOutcome.STORED) {
      List<Long> ids = new ArrayList<>();
      for (int i = 0; i < batch.count(); i++) {
        ids.add(ZpageHeader.object(batch.data(), batch.offset(i)));
        batch.setToLocator(i, ids.get(i));
      }
      synchronized (this) {
        stored.add(ids);
      }
    }
    return outcome;
  }

  public synchronized List<List<Long>> stored() {
    return List.copyOf(stored);
  }

  public synchronized List<Long> storedIds() {
    return stored.stream().flatMap(List::stream).toList();
  }

  public synchronized int attempts() {
    return attempts;
  }

  @Override
  public void free(long locator) {}

  @Override
  public long maintain() throws IOException {
    return upkeep.step();
  }

  @Override
  public TierStats stats() {
    return new TierStats(
        name(),
        state,
        recovery.records(),
        0,
        usedBytes,
        LIMIT_BYTES,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        ScrubStats.NONE,
        0,
        recovery,
        IndexStats.NONE);
  }
}
