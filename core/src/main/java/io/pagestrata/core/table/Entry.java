// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

/**
 * The 64-bit page-table word of one page: where its only valid copy is.
 *
 * <pre>
 *  63  61  60         59      58      57      48 47                                       0
 * | kind | REFERENCED| SHADOW| BACKED|  stamp   |                 locator                  |
 *
 * kind 0 ABSENT   stamp: lowest bits of the generation of the removal, or of the page that was
 *                 dropped; locator: the other bits of it
 *      1 FILL     locator, bit 47 clear: the repeated 64-bit word, see {@link FillPatterns}
 *                 locator, bit 47 set: name of a content that several pages share
 *                 stamp: lowest bits of the put's generation
 *      2 RECORD   never in the table itself: the record beside the word of a page, at this locator of
 *                 the lowest tier; SHADOW: it is superseded, see {@link SideRecords}
 *      3 RETIRED  the leaf is being unlinked; look the page up again; generation as in ABSENT
 *      4 + n      in tier n; stamp: tag of the put's generation in the top tier, eviction clock below
 *
 * REFERENCED  read since it was stored, moved or last spared by reclaim
 * SHADOW      its zpage is being written back; the copy named here is still the valid one
 * BACKED      a valid copy lies in a lower tier, named by the trailer of the zpage
 * </pre>
 *
 * <p>Every change of a page's state is one compare-and-set on its word; who wins it owns what the
 * old word named and frees it exactly once. The same idea as Lucene's packed state words, and a
 * successor of zram's slot flags. Stateless, thread-safe.
 */
public final class Entry {
  /** Kind: no page. */
  public static final int KIND_ABSENT = 0;

  /** Kind: one word repeated. */
  public static final int KIND_FILL = 1;

  /** Kind: a record beside the word of a page. */
  public static final int KIND_RECORD = 2;

  /** Kind: leaf being unlinked. */
  public static final int KIND_RETIRED = 3;

  /** Kind of a page in the top tier; lower tiers follow. */
  public static final int KIND_TIER = 4;

  /** Most tiers in a chain. */
  public static final int MAX_TIERS = 4;

  /** Flag: read since it was stored, moved or last spared. */
  public static final long REFERENCED = 1L << 60;

  /** Flag: being written back. */
  public static final long SHADOW = 1L << 59;

  /** Flag: a valid copy lies below. */
  public static final long BACKED = 1L << 58;

  /** The word of a retired leaf. */
  public static final long RETIRED = (long) KIND_RETIRED << 61;

  /** Values of the stamp. */
  public static final int STAMPS = 1 << 10;

  private static final int STAMP_BITS = 10;
  private static final long SHARED = 1L << 47;

  private static final int KIND_SHIFT = 61;
  private static final int STAMP_SHIFT = 48;
  private static final long FLAGS = REFERENCED | SHADOW | BACKED;
  private static final long LOCATOR_MASK = (1L << STAMP_SHIFT) - 1;

  private Entry() {}

  /**
   * Word of a page in a tier, without flags.
   *
   * @param tier number of the tier, 0 for the top
   * @param stamp any number; its low 10 bits are kept
   * @param locator locator in that tier
   * @return the word
   */
  public static long inTier(int tier, long stamp, long locator) {
    return of(KIND_TIER + tier, stamp, locator);
  }

  /**
   * Word of a page that was removed or dropped.
   *
   * @param generation generation of the removal, or of the page that was dropped
   * @return the word
   */
  public static long absent(long generation) {
    return of(KIND_ABSENT, generation, generation >>> STAMP_BITS & LOCATOR_MASK);
  }

  /**
   * The word that takes the place of an absent one when its leaf is unlinked.
   *
   * @param absent word of a page that was removed or never put
   * @return a retired word with the same generation
   */
  static long retired(long absent) {
    return RETIRED | absent;
  }

  /**
   * Generation of the removal that an absent or retired word tells of.
   *
   * @param word the word
   * @return its lower 58 bits, 0 when there never was a page
   */
  public static long generation(long word) {
    return locator(word) << STAMP_BITS | stamp(word);
  }

  /**
   * Word of a same-filled page.
   *
   * @param generation generation of the put
   * @param pattern encoded pattern, see {@link FillPatterns#encode}
   * @return the word
   */
  public static long filled(long generation, long pattern) {
    return of(KIND_FILL, generation, pattern);
  }

  /**
   * Word of a page that shares a content with others.
   *
   * @param generation generation of the put
   * @param content name of the content, 47 bits
   * @return the word
   */
  public static long shared(long generation, long content) {
    return of(KIND_FILL, generation, SHARED | content);
  }

  /**
   * Word that stands for the record of a page that shares, beside the word of the page.
   *
   * @param locator where the record is in the lowest tier
   * @return a word that is not 0
   */
  public static long record(long locator) {
    return of(KIND_RECORD, 0, locator);
  }

  /**
   * Word that stands for a record whose page has another content by now, or none, which is not on
   * the medium yet; beside the word of the page.
   *
   * @param locator where the record is in the lowest tier
   * @return a word that is not 0
   */
  public static long superseded(long locator) {
    return SHADOW | of(KIND_RECORD, 0, locator);
  }

  /**
   * Whether a word is one of {@link #superseded}.
   *
   * @param word the word
   * @return true when its locator is that of a record that the page does not mean any more
   */
  public static boolean isSuperseded(long word) {
    return isRecord(word) && (word & SHADOW) != 0;
  }

  /**
   * Whether a word is one of {@link #record} or {@link #superseded}.
   *
   * @param word the word
   * @return true when its locator is that of a record
   */
  public static boolean isRecord(long word) {
    return kind(word) == KIND_RECORD;
  }

  /**
   * Whether a word is one of {@link #shared}.
   *
   * @param word the word
   * @return true when it names a content
   */
  public static boolean isShared(long word) {
    return kind(word) == KIND_FILL && (word & SHARED) != 0;
  }

  /**
   * The content that a shared word names.
   *
   * @param word the word
   * @return 47 bits
   */
  public static long content(long word) {
    return word & SHARED - 1;
  }

  private static long of(int kind, long stamp, long locator) {
    return (long) kind << KIND_SHIFT | (stamp & STAMPS - 1) << STAMP_SHIFT | locator;
  }

  /**
   * Kind of a word.
   *
   * @param word the word
   * @return 0 to 7
   */
  public static int kind(long word) {
    return (int) (word >>> KIND_SHIFT);
  }

  /**
   * Tier of a word.
   *
   * @param word the word
   * @return tier number, negative when the page is in none
   */
  public static int tier(long word) {
    return kind(word) - KIND_TIER;
  }

  /**
   * Whether a get of this page finds something.
   *
   * @param word the word
   * @return true for same-filled pages, pages that share and pages in a tier
   */
  public static boolean isPresent(long word) {
    return kind(word) == KIND_FILL || kind(word) >= KIND_TIER;
  }

  /**
   * Locator, encoded pattern or, with a bit above it, content.
   *
   * @param word the word
   * @return 48 bits
   */
  public static long locator(long word) {
    return word & LOCATOR_MASK;
  }

  /**
   * Stamp of a word.
   *
   * @param word the word
   * @return 10 bits
   */
  public static int stamp(long word) {
    return (int) (word >>> STAMP_SHIFT) & STAMPS - 1;
  }

  /**
   * The word with another stamp.
   *
   * @param word the word
   * @param stamp any number; its low 10 bits are kept
   * @return otherwise the same word
   */
  static long stamped(long word, long stamp) {
    return word & ~((STAMPS - 1L) << STAMP_SHIFT) | (stamp & STAMPS - 1) << STAMP_SHIFT;
  }

  /**
   * The word without its flags; equal places name the same copy of the same put.
   *
   * @param word the word
   * @return kind, stamp and locator
   */
  public static long place(long word) {
    return word & ~FLAGS;
  }

  /**
   * Whether a word names this place in this tier.
   *
   * @param word the word
   * @param tier number of the tier
   * @param locator locator in that tier
   * @return true when both are equal
   */
  public static boolean isAt(long word, int tier, long locator) {
    return tier(word) == tier && locator(word) == locator;
  }

  /**
   * The word with another locator, flags and stamp kept.
   *
   * @param word the word
   * @param locator new locator in the same tier
   * @return the new word
   */
  public static long movedTo(long word, long locator) {
    return word & ~LOCATOR_MASK | locator;
  }

  /**
   * Packs a tier number with a locator, for the trailer of a backed zpage.
   *
   * @param tier number of the lower tier
   * @param locator locator there
   * @return a positive number
   */
  public static long backing(int tier, long locator) {
    return (long) tier << STAMP_SHIFT | locator;
  }

  /**
   * Tier of a packed backing locator.
   *
   * @param backing from {@link #backing}
   * @return tier number
   */
  public static int backingTier(long backing) {
    return (int) (backing >>> STAMP_SHIFT);
  }

  /**
   * Locator of a packed backing locator.
   *
   * @param backing from {@link #backing}
   * @return locator in the lower tier
   */
  public static long backingLocator(long backing) {
    return backing & LOCATOR_MASK;
  }
}
