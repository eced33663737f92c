// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The copies below that keep the pages of revocable tiers safe, see {@link RevocableTier}.
 *
 * <p>A mirror belongs to the copy in the revocable tier, whether the entry names that copy or the
 * copy is itself the backing of one higher up; so there can be a chain of three. Whoever frees the
 * copy frees its mirror first. Thread-safe and without state.
 */
final class Mirrors {
  private final List<Tier> tiers;

  Mirrors(List<Tier> tiers) {
    this.tiers = tiers;
  }

  /** Whether a tier may lose zpages; no tier at all, which a stale backing names, may not. */
  boolean isRevocable(int tier) {
    return tier < tiers.size() && tiers.get(tier) instanceof RevocableTier;
  }

  /** Whether a tier may lose zpages but keeps those it accepts safe by itself, without mirrors. */
  boolean isReplicated(int tier) {
    return isRevocable(tier) && !((RevocableTier) tiers.get(tier)).isMirrored();
  }

  /** The next tier down whose word counts: revocable ones are passed over while others follow. */
  int safeTierBelow(int tier) {
    int below = tier + 1;
    while (below < tiers.size() - 1 && isRevocable(below)) {
      below++;
    }
    return below;
  }

  /** Mirror of a copy that the caller knows to be unfreed, packed, or none. */
  long mirrorOf(int tier, long locator) {
    return isRevocable(tier)
        ? ((RevocableTier) tiers.get(tier)).backing(locator)
        : UpperTier.NO_BACKING;
  }

  /** Whether a copy that the caller knows to be unfreed is in the lowest tier, or its mirror is. */
  boolean isInLowest(int tier, long locator) {
    int lowest = tiers.size() - 1;
    long mirror = mirrorOf(tier, locator);
    return tier == lowest || mirror != UpperTier.NO_BACKING && Entry.backingTier(mirror) == lowest;
  }

  /** Mirror of a backing copy, packed, or none. */
  long mirrorOf(long backing) {
    return mirrorOf(Entry.backingTier(backing), Entry.backingLocator(backing));
  }

  /** Entry of a page that now rests where its backing copy was. */
  long entryAt(long backing, long stamp) {
    int tier = Entry.backingTier(backing);
    long locator = Entry.backingLocator(backing);
    boolean mirrored = mirrorOf(tier, locator) != UpperTier.NO_BACKING;
    return Entry.inTier(tier, stamp, locator) | (mirrored ? Entry.BACKED : 0);
  }

  /** Bytes that a mirror counts for; none for no mirror. */
  long heldBytes(long mirror) {
    return mirror == UpperTier.NO_BACKING
        ? 0
        : tiers.get(Entry.backingTier(mirror)).heldBytes(Entry.backingLocator(mirror));
  }

  /** Frees a copy that no entry has named yet, and its mirror before it. */
  void freeUnnamed(int tier, long locator) {
    long mirror = mirrorOf(tier, locator);
    if (mirror != UpperTier.NO_BACKING) {
      tiers.get(Entry.backingTier(mirror)).free(Entry.backingLocator(mirror));
    }
    tiers.get(tier).free(locator);
  }

  /** Whether a word names a copy in a revocable tier that has a mirror. */
  boolean has(long word) {
    return (word & Entry.BACKED) != 0 && isRevocable(Entry.tier(word));
  }

  /** Mirror of the copy that a word names, packed; none when that was freed since. */
  private long mirrorOfWord(long word) {
    return mirrorOf(Entry.tier(word), Entry.locator(word));
  }

  /** Reads the mirror of a page in a revocable tier. */
  int read(long word, ByteBuffer scratch, ZpageReader reader) throws IOException {
    long mirror = mirrorOfWord(word);
    return mirror == UpperTier.NO_BACKING
        ? Tier.GONE
        : tiers.get(Entry.backingTier(mirror)).read(Entry.backingLocator(mirror), scratch, reader);
  }

  /**
   * Makes the mirror of a page in a revocable tier the page itself; the caller frees the copy
   * there.
   *
   * @return false when the entry is another word by now
   */
  boolean fallBack(Leaf leaf, int slot, long word) {
    // A shadow has no mirror, or it would have been evicted without a write.
    long down = entryAt(mirrorOfWord(word), Entry.stamp(word));
    return leaf.compareAndSet(slot, word, down | word & Entry.REFERENCED);
  }

  /** Makes what was just stored in a tier the mirrors of what is stored higher up next. */
  static void keepAsMirrors(int tier, ZpageBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      batch.setBacking(i, Entry.backing(tier, batch.toLocator(i)));
    }
  }

  /** Takes {@link #keepAsMirrors} back: the copies below are the only ones. */
  static void settleForMirrors(ZpageBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      batch.setToLocator(i, Entry.backingLocator(batch.backing(i)));
      batch.setBacking(i, UpperTier.NO_BACKING);
    }
  }

  /**
   * Repoints a copy in a revocable tier to a moved mirror; false when that mirror is not, or no
   * longer, the one of the page's copy.
   */
  boolean relocate(Leaf leaf, int slot, int tier, long from, long to) {
    long moved = Entry.backing(tier, from);
    while (true) {
      long word = leaf.get(slot);
      int upper = Entry.tier(word);
      if (upper < 0 || upper >= tier || (word & Entry.BACKED) == 0 || !isRevocable(upper)) {
        return false;
      }
      RevocableTier revocable = (RevocableTier) tiers.get(upper);
      long locator = Entry.locator(word);
      if (revocable.backing(locator) == moved) {
        long rebased = revocable.rebase(locator, Entry.backing(tier, to));
        if (leaf.compareAndSet(slot, word, Entry.movedTo(word, rebased))) {
          return true;
        }
      } else if (leaf.get(slot) == word) {
        return false;
      }
    }
  }
}
