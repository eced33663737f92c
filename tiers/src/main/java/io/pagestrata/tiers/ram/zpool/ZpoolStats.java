// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zpool;

/**
 * Counters of one zpool. Gauges hold the present, and are 0 in a closed pool; the others only grow.
 *
 * @param full gauge: whether a put that needs memory would be refused
 * @param zpages gauge: zpages held
 * @param zpageBytes gauge: their bytes, padding and what names their copies below included
 * @param storedZpages zpages ever stored, moves by compaction excluded
 * @param storedBytes their bytes, headers included, padding excluded
 * @param writtenBytes bytes ever filled, padding and moves by compaction included
 * @param compactedZpages live zpages moved by compaction
 * @param compactedBytes their bytes
 * @param regionsCompacted blocks or frames that compaction emptied
 * @param damagedRegions regions found damaged by memory errors
 */
public record ZpoolStats(
    boolean full,
    long zpages,
    long zpageBytes,
    long storedZpages,
    long storedBytes,
    long writtenBytes,
    long compactedZpages,
    long compactedBytes,
    long regionsCompacted,
    long damagedRegions) {}
