// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;

/** The way up: zpages of lower tiers that come back to the top one. Thread-safe. */
final class Promotions {
  /** What zpages take of the tier between the watermarks, beside holes and what is open. */
  private static final double USUAL_FILL = 0.85;

  /** So few say nothing about the size of the others. */
  private static final int FEW_ZPAGES = 512;

  private final PageHierarchy hierarchy;
  private final PromotionPolicy policy;
  private final EvictionClock clock;
  private final RaisedDictionaries raised = new RaisedDictionaries();

  Promotions(PageHierarchy hierarchy, PromotionPolicy policy, EvictionClock clock) {
    this.hierarchy = hierarchy;
    this.policy = policy;
    this.clock = clock;
  }

  /** Whether a page that was just read in a lower tier should come up. */
  boolean wants(long word) {
    boolean referenced = (word & Entry.REFERENCED) != 0;
    long distance = clock.bytesSince(Entry.stamp(word));
    return policy.promote(distance, hierarchy.memoryBytesAbove(Entry.tier(word)), referenced);
  }

  /** What zpages need that came up lately. */
  RaisedDictionaries raised() {
    return raised;
  }

  /** Lets the eviction policy of the top tier hear of accesses, and of the rule of promotion. */
  void hearAccesses(MemoryBudget budget) {
    hierarchy.top().eviction().accesses().begin(this::zpagesThatFit, policy::promote, budget);
  }

  /** Zpages that the top tier holds when reclaim keeps it at its watermarks. */
  private long zpagesThatFit() {
    TierStats now = hierarchy.top().stats();
    long zpageBytes =
        now.zpages() < FEW_ZPAGES ? hierarchy.pageBytes() / 2 : now.zpageBytes() / now.zpages();
    return (long) (USUAL_FILL * hierarchy.top().putLimitBytes() / zpageBytes);
  }

  /**
   * Brings a page up whose zpage was just read and checked; only a limit or want of room prevents
   * it. A copy outside memory stays as its backing; one in memory is given up, since keeping it
   * costs the room that it would save.
   *
   * @return true when the entry names the copy in the top tier now
   */
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
    raised.note(data, offset);
    long upBytes = top.heldBytes(up);
    long above = Entry.inTier(0, ZpageHeader.generation(data, offset), up);
    long flag = trailer == UpperTier.NO_BACKING ? 0 : Entry.BACKED;
    if (!leaf.compareAndSet(slot, word, above | flag)) {
      top.free(up);
      return false;
    }
    leaf.noteUse(slot);
    owner.add(0, upBytes);
    if (leaves) {
      hierarchy.free(owner, tier, locator);
    }
    return true;
  }
}
