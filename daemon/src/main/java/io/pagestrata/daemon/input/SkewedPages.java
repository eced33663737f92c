// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

import java.util.SplittableRandom;

/**
 * Draws page numbers of which few are drawn often: rank k comes up about as often as 1/k, as with
 * Zipf's law at exponent 1, and ranks are spread over all pages. For one thread.
 */
public final class SkewedPages {
  private static final long SPREAD = 2_654_435_761L;

  private final int pages;
  private final double logPages;
  private final SplittableRandom random;

  /**
   * Begins a series of draws.
   *
   * @param pages how many there are
   * @param random where chance comes from
   */
  public SkewedPages(int pages, SplittableRandom random) {
    this.pages = pages;
    this.logPages = Math.log(pages + 1.0);
    this.random = random;
  }

  /**
   * Draws the next page.
   *
   * @return page number, from 0
   */
  public int next() {
    // The integral of 1/x is the logarithm, so the exponential of an even draw is skewed like 1/x.
    long rank = (long) Math.exp(random.nextDouble() * logPages) - 1;
    return (int) (Math.min(rank, pages - 1) * SPREAD % pages);
  }
}
