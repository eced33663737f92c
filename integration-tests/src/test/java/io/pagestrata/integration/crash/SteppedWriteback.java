// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writeback of one batch from the top tier at a time, whose steps a test takes one by one. */
final class SteppedWriteback implements Writeback {
  private static final int BATCH_BYTES = 16 << 10;

  private final Hierarchy hierarchy;
  private final ZpageBatch batch;
  private long region = UpperTier.NOTHING;
  private TierOutcome outcome;
  private boolean collected;

  SteppedWriteback(Hierarchy hierarchy) {
    this.hierarchy = hierarchy;
    batch = new ZpageBatch(ByteBuffer.allocateDirect(BATCH_BYTES), hierarchy.pageBytes());
  }

  Hierarchy hierarchy() {
    return hierarchy;
  }

  /** Takes the next step: collect, write, commit. */
  void step() {
    if (!collected) {
      collect();
    } else if (outcome == null) {
      write();
    } else {
      end();
    }
  }

  private void collect() {
    batch.clear();
    outcome = null;
    region =
        hierarchy
            .upperTier(0)
            .reclaim(
                (memory, offset, bytes, locator, backing) -> {
                  if (batch.hasRoom(bytes)
                      && hierarchy.claim(0, memory, offset, bytes, locator, backing, true)
                          == Claim.TAKEN) {
                    batch.add(memory, offset, bytes, locator);
                  }
                },
                Long.MAX_VALUE);
    collected = true;
  }

  private void write() {
    try {
      outcome = batch.count() == 0 ? TierOutcome.STORED : hierarchy.tier(1).store(batch);
    } catch (IOException e) {
      outcome = TierOutcome.READ_ONLY;
    }
  }

  private void end() {
    for (int i = 0; i < batch.count(); i++) {
      if (outcome == TierOutcome.STORED) {
        hierarchy.commit(0, batch, i);
      } else {
        hierarchy.cancel(0, batch, i);
      }
    }
    if (region >= 0) {
      hierarchy.upperTier(0).settle(region);
    }
    collected = false;
    outcome = null;
  }

  @Override
  public void wake() {}

  @Override
  public long writeBack(WritebackRequest request) {
    return 0;
  }

  @Override
  public WritebackStats stats() {
    return WritebackStats.ZERO;
  }

  @Override
  public void close() {
    while (collected) {
      step();
    }
  }

  @Override
  public boolean hasEnded() {
    return true;
  }
}
