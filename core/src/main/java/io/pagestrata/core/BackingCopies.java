// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Gives copies up that only back a page further up. Thread-safe and without state. */
final class BackingCopies {
  /** What became of a backing copy: unknown, the entry changed meanwhile. */
  static final int LOOK_AGAIN = 0;

  /** The zpage above is backed by another copy. */
  private static final int OTHER_BACKING = 1;

  /** Given up and freed by this very call. */
  private static final int BACKING_DROPPED = 2;

  private final List<Tier> tiers;
  private final Mirrors mirrors;

  BackingCopies(List<Tier> tiers, Mirrors mirrors) {
    this.tiers = tiers;
    this.mirrors = mirrors;
  }

  /**
   * Compares the trailer, and the mirror of what it names, and clears the flag while the zpage
   * above is held still; whoever clears it frees what the trailer named.
   */
  int drop(Leaf leaf, int slot, long word, int upper, long backing) {
    long locator = Entry.locator(word);
    try {
      int result =
          tiers
              .get(upper)
              .read(
                  locator,
                  null,
                  (memory, offset, available) -> {
                    if (leaf.get(slot) != word) {
                      return LOOK_AGAIN;
                    }
                    long trailer = ((UpperTier) tiers.get(upper)).backing(locator);
                    if (trailer != backing && mirrors.mirrorOf(trailer) != backing) {
                      // Freed meanwhile it has none to tell, and this copy may be the page now.
                      return leaf.get(slot) == word ? OTHER_BACKING : LOOK_AGAIN;
                    }
                    if (!leaf.compareAndSet(slot, word, word & ~Entry.BACKED)) {
                      return LOOK_AGAIN;
                    }
                    leaf.noteChange(slot);
                    mirrors.free(trailer);
                    return BACKING_DROPPED;
                  });
      return result == Tier.GONE ? LOOK_AGAIN : result;
    } catch (IOException e) {
      throw new UncheckedIOException("a tier above another must show its own memory", e);
    }
  }
}
