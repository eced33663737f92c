// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * The index with which a tier that survives opens fast. It lags behind what the tier holds, and may
 * be missing altogether.
 *
 * @param segments gauge: segments whose records it has
 * @param bytes gauge: file bytes in use
 * @param pendingBytes gauge: bytes of lists that are still to be written
 * @param leftOut times a segment was not taken, since the index was full, slow or given up
 * @param givenUp whether it failed, and nothing is written to it before the next opening
 */
public record IndexStats(
    long segments, long bytes, long pendingBytes, long leftOut, boolean givenUp) {
  /** Of a tier without index. */
  public static final IndexStats NONE = new IndexStats(0, 0, 0, 0, false);
}
