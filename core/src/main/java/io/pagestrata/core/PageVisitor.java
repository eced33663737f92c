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
   * @param tier number of its tier, negative for a same-filled page and one that shares
   * @param locator locator in that tier
   * @param shadow whether it is being written back
   * @param backingTier tier of its backing copy, or of the record of a page that shares, or {@link
   *     #NONE}
   * @param backingLocator locator of that copy or record, or {@link #NONE}
   * @param content index of the content that it shares with other pages, or {@link #NONE}
   */
  record Place(
      int tier, long locator, boolean shadow, int backingTier, long backingLocator, int content) {}

  /**
   * Looks at one page.
   *
   * @param pool its pool
   * @param object its object
   * @param index its unsigned index
   * @param place where it is
   */
  void visit(Pool pool, long object, int index, Place place);

  /**
   * Looks at a record that its page does not mean any more, and that stays until what took its
   * place is on the medium.
   *
   * @param pool pool of the page
   * @param object its object
   * @param index its unsigned index
   * @param tier the lowest one
   * @param locator locator of the record there
   */
  default void visitSuperseded(Pool pool, long object, int index, int tier, long locator) {}

  /**
   * Looks at one content that pages share.
   *
   * @param pool the pool that it belongs to, which no user sees
   * @param index its index there
   * @param references pages that share it, as counted
   * @param place where it is
   */
  default void visitContent(Pool pool, int index, long references, Place place) {}
}
