// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;

/**
 * What becomes of a zpage that reclaim shows: it is passed by, stays among the younger ones, leaves
 * without a write, is dropped, or is taken for a write. {@link ClaimRules} say which; here it is
 * done, each by one compare-and-set. Thread-safe.
 */
final class Claims {
  /** What became of an attempt to keep a zpage in its tier. */
  private enum Kept {
    KEPT,
    NO_ROOM,
    CHANGED
  }

  private final PageHierarchy hierarchy;
  private final ClaimRules rules;

  /** By tier; null where zpages go as they are. */
  private final ClaimCheck[] checks;

  /**
   * Claims for a chain of tiers.
   *
   * @param survives whether the lowest tier is read again at the next start
   */
  Claims(PageHierarchy hierarchy, ClaimRules rules, boolean survives) {
    this.hierarchy = hierarchy;
    this.rules = rules;
    checks = new ClaimCheck[hierarchy.tierCount()];
    int lowest = checks.length - 1;
    for (int tier = 0; survives && tier < lowest; tier++) {
      // Revocable tiers in between are written after the lowest one, or may be passed over.
      checks[tier] =
          hierarchy.safeTierBelow(tier) == lowest ? new ClaimCheck(hierarchy, tier) : null;
    }
  }

  /** See {@link io.pagestrata.core.movement.Hierarchy#claim}. */
  Claim claim(
      int tier,
      ByteBuffer memory,
      int offset,
      int bytes,
      long locator,
      long backing,
      boolean force) {
    Pool pool = hierarchy.poolOf(memory, offset);
    Leaf leaf = PageHierarchy.leafOf(pool, memory, offset);
    if (leaf == null) {
      return Claim.DEAD;
    }
    Tenant owner = pool.tenant();
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    boolean ephemeral = pool.kind() == PoolKind.EPHEMERAL;
    boolean refused = false;
    while (true) {
      long word = leaf.get(slot);
      if (!Entry.isAt(word, tier, locator)) {
        if (becameThePage(tier, leaf, slot, memory, offset, locator)) {
          continue;
        }
        return Claim.DEAD;
      }
      if ((word & Entry.SHADOW) != 0) {
        return Claim.DEAD;
      }
      if (!rules.selects(tier, owner, bytes)) {
        return Claim.STAYS;
      }
      if (!force && rules.wasUsed(tier, leaf, slot)) {
        return Claim.USED;
      }
      boolean backed = (word & Entry.BACKED) != 0;
      boolean chance = !force && rules.givesChance(tier, word);
      // What may not be written is moved like a hot one, so that its region comes free.
      boolean spared = refused || rules.spares(tier, owner);
      if (chance || spared) {
        long trailer = backed ? backing : UpperTier.NO_BACKING;
        StoreIntent intent = chance ? StoreIntent.RECLAIM : StoreIntent.SPARE;
        Kept kept =
            keep(tier, owner, leaf, slot, word, memory, offset, bytes, locator, trailer, intent);
        if (kept == Kept.KEPT) {
          return spared ? Claim.MOVED : Claim.SECOND_CHANCE;
        }
        if (kept == Kept.CHANGED) {
          continue;
        }
      }
      boolean sinks = !force && sinks(tier);
      if (backed && !sinks) {
        long below = hierarchy.mirrors().entryAt(backing, hierarchy.clock().now());
        if (leaf.compareAndSet(slot, word, below)) {
          hierarchy.left(owner, tier, bytes, locator);
          return Claim.EVICTED_CLEAN;
        }
        continue;
      }
      if (!ephemeral && tier == hierarchy.tierCount() - 1) {
        return Claim.STAYS;
      }
      boolean drops = ephemeral && !sinks && rules.dropsEphemeral();
      if (!drops && rules.tryWrite(tier, owner, bytes)) {
        boolean whole = checks[tier] == null || checks[tier].isWhole(memory, offset, bytes);
        if (whole && take(tier, leaf, slot, word)) {
          // From here on the flag tells of reads during the write; older ones had their chance.
          return Claim.TAKEN;
        }
        rules.notWritten(tier, owner, bytes);
        // Of a zpage that was freed meanwhile nothing need be said.
        if (!whole && leaf.get(slot) == word) {
          if (!ephemeral) {
            return checks[tier].tell(pool, leaf, memory, offset, locator);
          }
          long generation = hierarchy.contents().nextGeneration();
          if (hierarchy.dropLost(pool, leaf, slot, word, generation)) {
            return Claim.DROPPED;
          }
        }
      } else if (ephemeral) {
        if (drop(tier, owner, leaf, slot, word, memory, offset, bytes, locator)) {
          return Claim.DROPPED;
        }
      } else if (force || refused || !rules.mayWrite(tier)) {
        return Claim.STAYS;
      } else {
        refused = true;
      }
    }
  }

  /**
   * Whether a zpage that was a copy is the page now. A copy that only backs a page above is given
   * up, or such copies would fill a middle tier for ever.
   */
  private boolean becameThePage(
      int tier, Leaf leaf, int slot, ByteBuffer memory, int offset, long locator) {
    return tier > 0
        && hierarchy.live().isLive(tier, memory, offset, locator)
        && Entry.isAt(leaf.get(slot), tier, locator);
  }

  /**
   * Whether RAM further down can hold it: then it goes there with its backing, not to the medium.
   */
  private boolean sinks(int tier) {
    return tier + 1 < hierarchy.tierCount() && hierarchy.isMemory(tier + 1) && rules.mayWrite(tier);
  }

  /** Stores the zpage again among the younger ones of its tier. */
  private Kept keep(
      int tier,
      Tenant owner,
      Leaf leaf,
      int slot,
      long word,
      ByteBuffer memory,
      int offset,
      int bytes,
      long locator,
      long trailer,
      StoreIntent intent) {
    UpperTier upper = hierarchy.upperTier(tier);
    long moved = upper.store(memory, offset, bytes, trailer, intent);
    if (moved == UpperTier.NO_SPACE) {
      return Kept.NO_ROOM;
    }
    long movedBytes = upper.heldBytes(moved);
    if (!leaf.compareAndSet(slot, word, Entry.movedTo(word, moved) & ~Entry.REFERENCED)) {
      upper.free(moved);
      return Kept.CHANGED;
    }
    owner.add(tier, movedBytes);
    hierarchy.free(owner, tier, locator);
    leaf.noteUse(slot);
    return Kept.KEPT;
  }

  private boolean drop(
      int tier,
      Tenant owner,
      Leaf leaf,
      int slot,
      long word,
      ByteBuffer memory,
      int offset,
      int bytes,
      long locator) {
    // The generation tells this word from that of any other page dropped here.
    long absent = Entry.absent(ZpageHeader.generation(memory, offset));
    if (!leaf.compareAndSet(slot, word, absent)) {
      return false;
    }
    hierarchy.drops().count(rules.dropReason(tier), 1);
    owner.pages.decrement();
    hierarchy.left(owner, tier, bytes, locator);
    return true;
  }

  private boolean take(int tier, Leaf leaf, int slot, long word) {
    // Both before the shadow is there: a removal that comes between must not miss them.
    leaf.noteRecord(slot);
    hierarchy.writes().begin(tier);
    if (leaf.compareAndSet(slot, word, (word & ~Entry.REFERENCED) | Entry.SHADOW)) {
      return true;
    }
    hierarchy.writes().abandon(tier);
    return false;
  }
}
