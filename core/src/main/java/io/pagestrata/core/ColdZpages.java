// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;

/** The decisions about zpages that nobody read since they came to rest. Stateless. */
final class ColdZpages {
  private ColdZpages() {}

  /** Whether the entry names this zpage and neither a read nor a writeback touched it. */
  static boolean isCold(Leaf leaf, int tier, ByteBuffer memory, int offset, long locator) {
    return leaf != null
        && isColdAt(leaf.get(Leaf.slot(ZpageHeader.index(memory, offset))), tier, locator);
  }

  private static boolean isColdAt(long word, int tier, long locator) {
    return Entry.isAt(word, tier, locator) && (word & (Entry.REFERENCED | Entry.SHADOW)) == 0;
  }

  /** Stores a denser zpage beside the old one; while that is cold, the entry names the new one. */
  static boolean replace(
      Leaf leaf,
      int tier,
      UpperTier home,
      ByteBuffer denser,
      int offset,
      int bytes,
      long from,
      long backing) {
    if (leaf == null) {
      return false;
    }
    long to = home.store(denser, offset, bytes, backing, StoreIntent.RECLAIM);
    if (to == UpperTier.NO_SPACE) {
      return false;
    }
    int slot = Leaf.slot(ZpageHeader.index(denser, offset));
    long word = leaf.get(slot);
    while (isColdAt(word, tier, from)) {
      if (leaf.compareAndSet(slot, word, Entry.movedTo(word, to))) {
        home.free(from);
        return true;
      }
      word = leaf.get(slot);
    }
    home.free(to);
    return false;
  }
}
