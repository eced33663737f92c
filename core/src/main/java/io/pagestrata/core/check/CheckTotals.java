// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

/**
 * Sums over all segments of a store.
 *
 * @param segments segment files that could be read
 * @param records whole records, tombstones included
 * @param pages pages alive
 * @param lostPages pages that say that their content is lost
 * @param tombstones records that say that a page was removed
 * @param damagedRecords records that are not as they were written
 * @param fileBytes length of all segment files
 * @param liveBytes bytes of the records of the pages alive
 * @param encryptedSegments segments whose records are encrypted
 * @param unopenedSegments how many of them were checked without their key
 * @param moreFindings findings beyond those that are listed
 */
public record CheckTotals(
    long segments,
    long records,
    long pages,
    long lostPages,
    long tombstones,
    long damagedRecords,
    long fileBytes,
    long liveBytes,
    long encryptedSegments,
    long unopenedSegments,
    long moreFindings) {}
