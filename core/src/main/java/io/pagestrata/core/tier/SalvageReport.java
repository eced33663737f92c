// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/** Is told which pages need a damaged zpage, see {@link TierHost#salvage}. */
@FunctionalInterface
public interface SalvageReport {
  /**
   * Takes one page.
   *
   * @param pool its pool
   * @param object its object
   * @param index its index
   * @param locator the damaged zpage
   * @param rewritten whether there is a whole copy above, from which it is written again; otherwise
   *     the page table still names the damaged one
   */
  void page(int pool, long object, int index, long locator, boolean rewritten);
}
