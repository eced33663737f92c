// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * How the last opening of a tier that survives went. Nothing of it changes while the store is open.
 *
 * @param clean whether the store had been closed in order
 * @param nanos time until every record was known
 * @param records records found, those of pages that were put again and of removals included
 * @param damagedRecords of these, records whose checksum did not match
 * @param segments segments there were
 * @param segmentsFromIndex of these, segments whose records were taken from the location index
 * @param readBytes bytes of the segments that were read from end to end instead
 */
public record RecoveryStats(
    boolean clean,
    long nanos,
    long records,
    long damagedRecords,
    long segments,
    long segmentsFromIndex,
    long readBytes) {
  /** Of a tier that begins empty. */
  public static final RecoveryStats NONE = new RecoveryStats(false, 0, 0, 0, 0, 0, 0);
}
