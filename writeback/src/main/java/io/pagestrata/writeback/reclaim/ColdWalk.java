// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.pipeline.TierStep;
import java.nio.ByteBuffer;

/**
 * Makes cold zpages denser where they rest, region by region, while reclaim has nothing to do.
 *
 * <p>A pass begins each eighth of the idle age, and goes through every region that was filled
 * before that age; regions it has seen are held until it ends, or they would be shown again at
 * once. Each zpage is copied, made denser and stored again as one that got a second chance; pages
 * that were read stay as they are. A pass ends early when the tier needs reclaim, and pauses when
 * the CPU budget is used up. Owned by the reclaiming thread.
 */
final class ColdWalk implements ZpageVisitor {
  private static final int PASSES_PER_AGE = 8;

  private final int tier;
  private final Hierarchy hierarchy;
  private final UpperTier upper;
  private final Recompressor recompressor;
  private final long idleAgeNanos;
  private final ByteBuffer copy;
  private final Monitor monitor;
  private final HeldRegions held;
  private boolean underWay;
  private boolean stopped;
  private long lastPassNanos;

  /** Never begins a pass when the recompressor has no age for it. */
  ColdWalk(TierStep step, Recompressor recompressor, Monitor monitor, long nowNanos) {
    tier = step.tier();
    hierarchy = step.hierarchy();
    upper = step.upper();
    this.recompressor = recompressor;
    this.monitor = monitor;
    held = new HeldRegions(upper);
    idleAgeNanos = recompressor.idleAgeNanos();
    copy = ByteBuffer.allocateDirect(idleAgeNanos == 0 ? 0 : 2 * hierarchy.pageBytes());
    lastPassNanos = nowNanos;
  }

  /** Does one region if a pass is due or under way; answers whether there was one. */
  boolean step(long nowNanos) {
    if (idleAgeNanos == 0
        || !underWay && nowNanos - lastPassNanos < idleAgeNanos / PASSES_PER_AGE) {
      return false;
    }
    if (!recompressor.isReady()) {
      return false;
    }
    underWay = true;
    stopped = false;
    long region = upper.reclaim(this, nowNanos - idleAgeNanos);
    if (region >= 0) {
      held.hold(region);
    }
    if (region == UpperTier.NOTHING) {
      end(nowNanos);
    }
    return true;
  }

  @Override
  public void visit(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (stopped) {
      return;
    }
    try {
      tryDenser(memory, offset, bytes, locator, backing);
    } catch (RuntimeException | Error e) {
      // Thrown through the tier it would leave the region unsettled.
      monitor.error("reclaim-" + upper.name(), e);
      stopped = true;
    }
  }

  private void tryDenser(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (!hierarchy.isCold(tier, memory, offset, locator)) {
      return;
    }
    if (!recompressor.isReady()) {
      stopped = true;
      return;
    }
    copy.put(0, memory, offset, bytes);
    int step = ZpageHeader.recompressionStep(copy, 0);
    int denser = recompressor.recompress(copy, 0, bytes);
    // Stored again without gain as well: the mark says that it need not be tried again.
    if (ZpageHeader.recompressionStep(copy, 0) != step) {
      // Without room, or after a race, the rest of the region waits for the next pass.
      stopped = !hierarchy.replace(tier, copy, 0, denser, locator, backing);
    }
  }

  /** Ends the pass and lets its regions go. */
  void end(long nowNanos) {
    held.release();
    underWay = false;
    lastPassNanos = nowNanos;
  }
}
