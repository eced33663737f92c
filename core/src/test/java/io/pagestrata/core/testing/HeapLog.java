// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.util.List;

/** The log of a heap tier: what an earlier run left is given, what is saved can be looked at. */
public final class HeapLog implements PageLog {
  private static final int BATCH_BYTES = 64 << 10;

  /** What an earlier run left in a tier that is empty. */
  @FunctionalInterface
  public interface Records {
    /** Stores the records and shows them; answers the highest generation. */
    long show(HeapTier tier, Visitor visitor);
  }

  private final List<SavedPool> earlier;
  private final Records records;
  private HeapTier tier;
  private volatile Runnable onAppend = () -> {};
  private volatile Runnable onSavePools = () -> {};
  public volatile List<SavedPool> saved;
  public volatile int tombstones;

  /** So many batches from now on find no room. */
  public volatile int fullBatches;

  public volatile boolean clean;

  /** A log of a store that begins. */
  public HeapLog() {
    this(List.of(), (tier, visitor) -> 0);
  }

  /** A log with pools of ids from 1 on. */
  public HeapLog(List<SavedPool> earlier, Records records) {
    this.earlier = earlier;
    this.records = records;
  }

  HeapLog of(HeapTier owner) {
    tier = owner;
    return this;
  }

  /** Runs before each batch that a sync writes. */
  public void onAppend(Runnable hook) {
    onAppend = hook;
  }

  /** Runs before pools are saved. */
  public void onSavePools(Runnable hook) {
    onSavePools = hook;
  }

  @Override
  public List<SavedPool> pools() {
    return earlier;
  }

  @Override
  public int nextPool() {
    return earlier.size() + 1;
  }

  @Override
  public void savePools(List<SavedPool> pools, int nextPool) {
    onSavePools.run();
    clean = false;
    saved = pools;
  }

  @Override
  public long recover(Visitor visitor) {
    return records.show(tier, visitor);
  }

  @Override
  public int batchBytes() {
    return BATCH_BYTES;
  }

  @Override
  public TierOutcome append(ZpageBatch batch) {
    onAppend.run();
    if (fullBatches > 0) {
      fullBatches--;
      return TierOutcome.FULL;
    }
    if (tier.faults.batchOutcome != TierOutcome.STORED) {
      return tier.faults.batchOutcome;
    }
    for (int i = 0; i < batch.count(); i++) {
      int offset = batch.offset(i);
      if ((ZpageHeader.flags(batch.data(), offset) & ZpageHeader.FLAG_TOMBSTONE) != 0) {
        tombstones++;
      } else {
        int bytes = ZpageHeader.zpageBytes(batch.data(), offset);
        long to =
            tier.store(batch.data(), offset, bytes, UpperTier.NO_BACKING, StoreIntent.RECLAIM);
        batch.setToLocator(i, to);
      }
    }
    return TierOutcome.STORED;
  }

  @Override
  public void beginSync() {}

  @Override
  public void endSync() {}

  @Override
  public void markClean(long generation) {
    clean = true;
  }
}
