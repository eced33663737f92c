// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * Says in which order the zpages of a RAM tier leave it.
 *
 * <p>The tier keeps its regions in the order of their ages, in one line or in two: <em>new</em>
 * ones and <em>kept</em> ones. The policy says which line a zpage joins and at what age, and which
 * line shows its oldest region next. What it cannot know is left to others: which zpages free
 * memory together is the tier's affair, what becomes of a shown zpage the page table's. Asked under
 * locks of the tier, so an answer is a comparison or two. Thread-safe.
 */
public interface EvictionPolicy {
  /** One line of ages; what was read since it was stored rejoins it past its middle. */
  EvictionPolicy SECOND_CHANCE = new OneLine(false);

  /** The zpage that was used least lately goes first. */
  EvictionPolicy LRU = new OneLine(true);

  /**
   * Whether there are two lines, each in an order of its own.
   *
   * @return false for one order of all ages
   */
  boolean keepsTwoLines();

  /**
   * Which line a zpage joins.
   *
   * @param intent why it is stored; {@link StoreIntent#RECLAIM} when it was shown and stays
   * @return true for the kept ones
   */
  boolean isKept(StoreIntent intent);

  /**
   * Where a zpage joins that was shown and stays.
   *
   * @return 0 for the age of the region it was shown in, 1 for the youngest, or between
   */
  double rejoinAge();

  /**
   * Which of two lines shows its oldest region next.
   *
   * @param newRegions regions of new zpages, 1 or more
   * @param keptRegions regions of kept ones, 1 or more
   * @return true for the kept ones
   */
  boolean showsKept(long newRegions, long keptRegions);

  /**
   * What the policy hears of accesses.
   *
   * @return {@link Accesses#UNHEARD} when it does not want to know
   */
  default Accesses accesses() {
    return Accesses.UNHEARD;
  }

  /**
   * Share of the tier that kept zpages may take from new ones.
   *
   * @return 0 to 1; 0 with one line
   */
  default double keptShare() {
    return 0;
  }

  /**
   * Whether the page table chooses each victim by its last access, so that the order of regions
   * counts only where that cannot be asked.
   *
   * @return true for exact order
   */
  default boolean isExact() {
    return false;
  }
}
