// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.SalvageReport;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;

/**
 * One look at every page for those that need a damaged zpage of some tier.
 *
 * <p>The header of a damaged zpage cannot be trusted, so the page table is asked, all of it: damage
 * is rare. A page that rests above and is whole there gives the damaged copy up and is dirty again;
 * one whose mirror is damaged comes up to the top tier for that. A content is a page like another,
 * told under the id of its hidden pool; the record of a page that shares needs no copy. For one
 * thread.
 */
final class Salvage {
  private static final int LOOK_AGAIN = 0;
  private static final int DAMAGED = 1;
  private static final int NO_ROOM = 2;
  private static final int WHOLE = 3;

  private final PageHierarchy hierarchy;
  private final int tier;
  private final LongPredicate damaged;
  private final SalvageReport report;
  private final CRC32C crc = new CRC32C();

  /** How the last page came up. */
  private Superseded.Change change;

  Salvage(PageHierarchy hierarchy, int tier, LongPredicate damaged, SalvageReport report) {
    this.hierarchy = hierarchy;
    this.tier = tier;
    this.damaged = damaged;
    this.report = report;
  }

  void run(Pools pools) {
    pools.all().forEach(this::look);
    pools.contents().forEach(this::look);
  }

  private void look(Pool pool) {
    pool.table().forEach((object, index, word) -> look(pool, object, index));
  }

  private void look(Pool pool, long object, int index) {
    Leaf leaf = pool.table().find(object, index);
    int slot = Leaf.slot(index);
    int gone = 0;
    while (leaf != null) {
      long word = leaf.get(slot);
      if (Entry.isShared(word)) {
        lookAtRecord(pool, object, index, leaf);
        return;
      }
      long locator = copyHere(word);
      if (locator == UpperTier.NO_BACKING) {
        return;
      }
      if (damaged.test(locator)) {
        int result = Entry.tier(word) == tier ? DAMAGED : rewrite(pool, leaf, slot, word, locator);
        gone += result == Tier.GONE ? 1 : 0;
        if (result == LOOK_AGAIN || result == Tier.GONE && gone < LiveCheck.MOST_GONE) {
          continue;
        }
        report.page(pool.id(), object, index, locator, result == WHOLE);
        return;
      }
      if (leaf.get(slot) == word) {
        return;
      }
    }
  }

  /** The entry knows what a damaged record said, so the next sync writes it again. */
  private void lookAtRecord(Pool pool, long object, int index, Leaf leaf) {
    int slot = Leaf.slot(index);
    long record = leaf.record(slot);
    if (!Entry.isRecord(record) || Entry.isSuperseded(record) || tier < hierarchy.tierCount() - 1) {
      return;
    }
    long locator = Entry.locator(record);
    if (damaged.test(locator) && hierarchy.superseded().supersede(leaf, slot, record)) {
      report.page(pool.id(), object, index, locator, true);
    }
  }

  /** Where this tier has the zpage of a page, be it the page itself, its backing or its mirror. */
  private long copyHere(long word) {
    int at = Entry.tier(word);
    if (at == tier) {
      return Entry.locator(word);
    }
    if (at < 0 || at > tier || (word & Entry.BACKED) == 0) {
      return UpperTier.NO_BACKING;
    }
    long backing = hierarchy.upperTier(at).backing(Entry.locator(word));
    while (backing != UpperTier.NO_BACKING && Entry.backingTier(backing) < tier) {
      backing = hierarchy.mirrors().mirrorOf(backing);
    }
    return backing == UpperTier.NO_BACKING || Entry.backingTier(backing) != tier
        ? UpperTier.NO_BACKING
        : Entry.backingLocator(backing);
  }

  private int rewrite(Pool pool, Leaf leaf, int slot, long word, long locator) {
    int above = Entry.tier(word);
    int result;
    try {
      result = readAbove(pool, leaf, slot, word);
    } catch (IOException e) {
      return DAMAGED; // out of reach for now, and so for this look
    }
    if (result != WHOLE) {
      return result;
    }
    if (hierarchy.mirrors().isRevocable(above)) {
      hierarchy.superseded().release(pool.tenant(), leaf, slot, word, change);
      return WHOLE;
    }
    long backing = Entry.backing(tier, locator);
    return hierarchy.live().giveUp(pool.tenant(), leaf, slot, word, above, backing)
        ? WHOLE
        : LOOK_AGAIN;
  }

  /** Checks the copy above; one in a revocable tier becomes the page in the top tier. */
  private int readAbove(Pool pool, Leaf leaf, int slot, long word) throws IOException {
    Tier above = hierarchy.tier(Entry.tier(word));
    ByteBuffer scratch = ByteBuffer.allocateDirect(above.scratchBytes() + 4096).alignedSlice(4096);
    boolean revocable = hierarchy.mirrors().isRevocable(Entry.tier(word));
    return above.read(
        Entry.locator(word),
        scratch,
        (memory, offset, available) -> {
          if (leaf.get(slot) != word) {
            return LOOK_AGAIN;
          }
          if (ZpageHeader.pool(memory, offset) != pool.id()
              || !ZpageHeader.verify(memory.duplicate(), offset, available, crc)) {
            return DAMAGED;
          }
          return revocable ? bringUp(pool.tenant(), leaf, slot, word, memory, offset) : WHOLE;
        });
  }

  private int bringUp(Tenant owner, Leaf leaf, int slot, long word, ByteBuffer memory, int offset) {
    int bytes = ZpageHeader.zpageBytes(memory, offset);
    UpperTier top = hierarchy.top();
    long up =
        owner.admits(0, bytes)
            ? top.store(memory, offset, bytes, UpperTier.NO_BACKING, StoreIntent.PROMOTION)
            : UpperTier.NO_SPACE;
    if (up == UpperTier.NO_SPACE) {
      return NO_ROOM;
    }
    long upBytes = top.heldBytes(up);
    long raised = Entry.inTier(0, ZpageHeader.generation(memory, offset), up);
    change = hierarchy.superseded().change(owner, leaf, slot, word, raised);
    if (change == Superseded.Change.LOST) {
      top.free(up);
      return LOOK_AGAIN;
    }
    owner.add(0, upBytes);
    return WHOLE;
  }
}
