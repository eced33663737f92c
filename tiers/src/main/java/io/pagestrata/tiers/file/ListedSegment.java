// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

/**
 * What a manifest says of a segment that was there when the store was closed in order.
 *
 * @param end where its records end, or a crash tore the last write; 0 when nothing in it was alive,
 *     so that it may be gone
 * @param footerChecksum that of its footer, which tells it from every other segment that ever had
 *     this sequence; 0 when it had no footer, or the manifest does not say
 */
record ListedSegment(long end, int footerChecksum) {
  static final ListedSegment UNKNOWN = new ListedSegment(0, 0);
}
