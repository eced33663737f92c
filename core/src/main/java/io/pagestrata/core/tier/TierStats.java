// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * Counters of one tier. Gauges hold the present; the others only grow.
 *
 * @param name tier name
 * @param state state as operators see it
 * @param zpages gauge: zpages held, backing copies included
 * @param zpageBytes gauge: their bytes, headers included; a tier may count the padding with them
 * @param usedBytes gauge: memory or file bytes taken, dead zpages and slack included
 * @param limitBytes gauge: configured size, less what page table and buffers take in RAM
 * @param storedZpages zpages ever stored, moves by cleaning excluded
 * @param storedBytes their bytes, headers included
 * @param writtenBytes bytes ever written to the medium, cleaning, padding and footers included
 * @param cleanedZpages live zpages moved by cleaning
 * @param cleanedBytes their bytes
 * @param regionsCleaned blocks or segments emptied by cleaning
 * @param reads read requests to the medium
 * @param readBytes bytes they fetched
 * @param refusals stores refused because the tier was full or read-only
 * @param errors failed reads and writes of the medium
 * @param scrubbing what was found by reading in the background
 * @param outdatedKeyBytes gauge: file bytes that need another key than what is written now, or none
 *     while that needs one
 * @param recovery how the opening went
 * @param index what makes the next one fast
 */
public record TierStats(
    String name,
    TierState state,
    long zpages,
    long zpageBytes,
    long usedBytes,
    long limitBytes,
    long storedZpages,
    long storedBytes,
    long writtenBytes,
    long cleanedZpages,
    long cleanedBytes,
    long regionsCleaned,
    long reads,
    long readBytes,
    long refusals,
    long errors,
    ScrubStats scrubbing,
    long outdatedKeyBytes,
    RecoveryStats recovery,
    IndexStats index) {
  /**
   * Counters of a tier that does not read in the background, whose keys never change, and which
   * begins empty.
   *
   * @param name tier name
   * @param state state as operators see it
   * @param zpages gauge: zpages held
   * @param zpageBytes gauge: their bytes
   * @param usedBytes gauge: memory or file bytes taken
   * @param limitBytes gauge: configured size
   * @param storedZpages zpages ever stored
   * @param storedBytes their bytes
   * @param writtenBytes bytes ever written to the medium
   * @param cleanedZpages live zpages moved by cleaning
   * @param cleanedBytes their bytes
   * @param regionsCleaned regions emptied by cleaning
   * @param reads read requests to the medium
   * @param readBytes bytes they fetched
   * @param refusals stores refused
   * @param errors failed reads and writes
   */
  public TierStats(
      String name,
      TierState state,
      long zpages,
      long zpageBytes,
      long usedBytes,
      long limitBytes,
      long storedZpages,
      long storedBytes,
      long writtenBytes,
      long cleanedZpages,
      long cleanedBytes,
      long regionsCleaned,
      long reads,
      long readBytes,
      long refusals,
      long errors) {
    this(
        name,
        state,
        zpages,
        zpageBytes,
        usedBytes,
        limitBytes,
        storedZpages,
        storedBytes,
        writtenBytes,
        cleanedZpages,
        cleanedBytes,
        regionsCleaned,
        reads,
        readBytes,
        refusals,
        errors,
        ScrubStats.NONE,
        0,
        RecoveryStats.NONE,
        IndexStats.NONE);
  }

  /**
   * Payload held, headers excluded; in tiers that pad zpages, such as {@code file}, with the
   * padding.
   *
   * @return bytes
   */
  public long payloadBytes() {
    return zpageBytes - zpages * ZpageHeader.BYTES;
  }
}
