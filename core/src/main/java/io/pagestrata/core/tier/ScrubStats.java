// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * What a tier found that reads its medium in the background. All values only grow.
 *
 * @param scrubbedBytes bytes of records read and checked
 * @param passes times every record there was has been checked
 * @param damagedZpages zpages found damaged that a page needed, each once
 * @param rewrittenPages pages among them that are written again from a copy above
 */
public record ScrubStats(long scrubbedBytes, long passes, long damagedZpages, long rewrittenPages) {
  /** Of a tier that does no such thing. */
  public static final ScrubStats NONE = new ScrubStats(0, 0, 0, 0);
}
