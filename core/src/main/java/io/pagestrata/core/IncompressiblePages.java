// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * What is done with pages that no codec shrinks. Whatever it is, such a page is compressed once, at
 * its put, and not tried again before it is rewritten.
 */
public enum IncompressiblePages {
  /** They are kept in order of age like any other page. */
  KEEP,
  /**
   * When RAM is short they leave it before all others, oldest first; they gain nothing from being
   * in compressed memory.
   */
  WRITE_BACK_FIRST,
  /**
   * Their put is refused, for callers that have another place for them. A refused put leaves what a
   * refused put leaves: the old content of a persistent page, nothing of an ephemeral one.
   */
  REFUSE_TO_RAM
}
