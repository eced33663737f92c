// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;

/** The way up: zpages of lower tiers that come back to the top one. Thread-safe. */
final class Promotions {
  private final PageHierarchy hierarchy;
  private final PromotionPolicy policy;
  private final EvictionClock clock;

  Promotions(PageHierarchy hierarchy, PromotionPolicy policy, EvictionClock clock) {
    this.hierarchy = hierarchy;
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * Brings a page up whose zpage was just read and checked. A copy outside memory stays as its
   * backing; one in memory is given up, since keeping it costs the room that it would save.
   *
   * @return true when the entry names the copy in the top tier now
   */
  boolean promote(
      Tenant owner, Leaf leaf, int slot, long word, ByteBuffer data, int offset, int bytes) {
    boolean referenced = (word & Entry.REFERENCED) != 0;
    long distance = clock.bytesSince(Entry.stamp(word));
    return policy.promote(distance, hierarchy.memoryBytesAbove(Entry.tier(word)), referenced)
        && bringUp(owner, leaf, slot, word, data, offset, bytes);
  }

  /** As {@link #promote}, whatever the policy says; only a limit or want of room prevents it. */
  boolean bringUp(
      Tenant owner, Leaf leaf, int slot, long word, ByteBuffer data, int offset, int bytes) {
    int tier = Entry.tier(word);
    long locator = Entry.locator(word);
    boolean backed = (word & Entry.BACKED) != 0;
    // A mirror is named by the copy that it keeps safe, so that copy stays.
    boolean leaves = (backed || hierarchy.isMemory(tier)) && !hierarchy.mirrors().isRevocable(tier);
    if (!owner.admits(hierarchy.isMemory(tier) ? 0 : bytes, leaves ? 0 : bytes)) {
      return false;
    }
    // A page that is backed already keeps its lowest copy; an entry can name only one.
    long trailer =
        !leaves
            ? Entry.backing(tier, locator)
            : backed ? hierarchy.upperTier(tier).backing(locator) : UpperTier.NO_BACKING;
    UpperTier top = hierarchy.top();
    long up = top.store(data, offset, bytes, trailer, StoreIntent.PROMOTION);
    if (up == UpperTier.NO_SPACE) {
      return false;
    }
    long upBytes = top.heldBytes(up);
    long raised = Entry.inTier(0, ZpageHeader.generation(data, offset), up);
    long flag = trailer == UpperTier.NO_BACKING ? 0 : Entry.BACKED;
    if (!leaf.compareAndSet(slot, word, raised | flag)) {
      top.free(up);
      return false;
    }
    owner.add(0, upBytes);
    if (leaves) {
      hierarchy.free(owner, tier, locator);
    }
    return true;
  }
}
