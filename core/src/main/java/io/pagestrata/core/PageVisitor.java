// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** Sees where pages are, see {@link PageStore#inspect}. */
@FunctionalInterface
public interface PageVisitor {
  /** Stands for no tier and no locator. */
  int NONE = -1;

  /**
   * What the page table says about one page.
   *
   * @param tier number of its tier, negative for a same-filled page
   * @param locator locator in that tier
   * @param shadow whether it is being written back
   * @param backingTier tier of its backing copy, or {@link #NONE}
   * @param backingLocator locator of its backing copy, or {@link #NONE}
   */
  record Place(int tier, long locator, boolean shadow, int backingTier, long backingLocator) {}

  /**
   * Looks at one page.
   *
   * @param pool its pool
   * @param object its object
   * @param index its unsigned index
   * @param place where it is
   */
  void visit(Pool pool, long object, int index, Place place);
}
