// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;

/**
 * What becomes of a zpage that was taken for a write: its page is the copy below from now on, or
 * stays above since it was read meanwhile, or has changed, and then the copy is dead. Each by one
 * compare-and-set. Thread-safe.
 */
final class Commits {
  /** A copy that was written, and its mirror if it needs one. */
  private record Copy(int tier, long locator, long bytes, long mirror, long mirrorBytes) {
    void addTo(Tenant owner) {
      owner.add(tier, bytes);
      owner.addBacking(mirror, mirrorBytes);
    }
  }

  private final PageHierarchy hierarchy;
  private final ClaimRules rules;

  Commits(PageHierarchy hierarchy, ClaimRules rules) {
    this.hierarchy = hierarchy;
    this.rules = rules;
  }

  /** See {@link io.pagestrata.core.movement.Hierarchy#commit}. */
  Commit commit(int tier, ZpageBatch batch, int i) {
    int owner = ZpageHeader.pool(batch.data(), batch.offset(i));
    rules.written(tier, hierarchy.ownerOf(owner), batch, i);
    Copy copy = copyAt(tier + 1 + batch.tiersSkipped(), batch.toLocator(i));
    Commit outcome = place(tier, batch, i, copy);
    hierarchy.writes().end(tier);
    return outcome;
  }

  private Copy copyAt(int tier, long locator) {
    long mirror = hierarchy.mirrors().mirrorOf(tier, locator);
    return new Copy(
        tier,
        locator,
        hierarchy.tier(tier).heldBytes(locator),
        mirror,
        hierarchy.mirrors().heldBytes(mirror));
  }

  /** Lets the entry name the copy, be backed by it, or neither. */
  private Commit place(int tier, ZpageBatch batch, int i, Copy copy) {
    ByteBuffer data = batch.data();
    int offset = batch.offset(i);
    Pool pool = hierarchy.poolOf(data, offset);
    Leaf leaf = PageHierarchy.leafOf(pool, data, offset);
    int slot = Leaf.slot(ZpageHeader.index(data, offset));
    boolean onMedium = hierarchy.mirrors().isInLowest(copy.tier, copy.locator);
    while (leaf != null) {
      long record = onMedium ? leaf.record(slot) : 0;
      long word = leaf.get(slot);
      if (!LiveCheck.isShadowOf(word, tier, batch.fromLocator(i), data, offset)) {
        break;
      }
      boolean wasRead = (word & Entry.REFERENCED) != 0;
      if (wasRead && isOfNoUse(tier, word)) {
        if (leaf.compareAndSet(slot, word, word & ~Entry.SHADOW)) {
          hierarchy.mirrors().freeUnnamed(copy.tier, copy.locator);
          return Commit.KEPT;
        }
        continue;
      }
      long kept = wasRead ? storeBacked(tier, batch, i, copy) : UpperTier.NO_SPACE;
      if (kept != UpperTier.NO_SPACE) {
        if (stay(tier, batch.fromLocator(i), pool.tenant(), leaf, slot, word, kept)) {
          copy.addTo(pool.tenant());
          hierarchy.superseded().settle(pool.tenant(), leaf, slot, record);
          return Commit.KEPT;
        }
        continue;
      }
      long below = Entry.backing(copy.tier, copy.locator);
      long down = hierarchy.mirrors().entryAt(below, hierarchy.clock().now());
      if (leaf.compareAndSet(slot, word, down | word & Entry.BACKED)) {
        copy.addTo(pool.tenant());
        hierarchy.left(pool.tenant(), tier, batch.fromBytes(i), batch.fromLocator(i));
        hierarchy.superseded().settle(pool.tenant(), leaf, slot, record);
        return Commit.DEMOTED;
      }
    }
    hierarchy.mirrors().freeUnnamed(copy.tier, copy.locator);
    return Commit.LOST;
  }

  /**
   * Whether a page that stays is backed already, or by a copy that takes the room it is to save.
   */
  private boolean isOfNoUse(int tier, long word) {
    return (word & Entry.BACKED) != 0 || hierarchy.isMemory(tier + 1);
  }

  private long storeBacked(int tier, ZpageBatch batch, int i, Copy copy) {
    int offset = batch.offset(i);
    int bytes = ZpageHeader.zpageBytes(batch.data(), offset);
    long backing = Entry.backing(copy.tier, copy.locator);
    return hierarchy
        .upperTier(tier)
        .store(batch.data(), offset, bytes, backing, StoreIntent.RECLAIM);
  }

  /** Lets the entry name the zpage that was stored with its backing; false when it changed. */
  private boolean stay(
      int tier, long from, Tenant owner, Leaf leaf, int slot, long word, long kept) {
    UpperTier upper = hierarchy.upperTier(tier);
    long keptBytes = upper.heldBytes(kept);
    if (!leaf.compareAndSet(slot, word, Entry.movedTo(Entry.place(word), kept) | Entry.BACKED)) {
      upper.free(kept);
      return false;
    }
    owner.add(tier, keptBytes);
    hierarchy.free(owner, tier, from);
    return true;
  }

  /** See {@link io.pagestrata.core.movement.Hierarchy#cancel}. */
  void cancel(int tier, ZpageBatch batch, int i) {
    ByteBuffer data = batch.data();
    int offset = batch.offset(i);
    int slot = Leaf.slot(ZpageHeader.index(data, offset));
    Leaf leaf = PageHierarchy.leafOf(hierarchy.poolOf(data, offset), data, offset);
    int owner = ZpageHeader.pool(data, offset);
    rules.notWritten(tier, hierarchy.ownerOf(owner), batch.fromBytes(i));
    while (leaf != null) {
      long word = leaf.get(slot);
      if (!LiveCheck.isShadowOf(word, tier, batch.fromLocator(i), data, offset)
          || leaf.compareAndSet(slot, word, word & ~Entry.SHADOW)) {
        break;
      }
    }
    hierarchy.writes().end(tier);
  }
}
