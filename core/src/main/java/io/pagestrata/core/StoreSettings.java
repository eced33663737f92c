// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the store itself needs to know; tiers and writeback have settings of their own.
 *
 * @param pageBytes page size: 4096 to 65536, a power of two
 * @param putWait longest time a put waits for room before it is refused
 * @param closeWait longest time close waits for operations under way
 * @param verifyRam whether a get from RAM checks the checksum as gets from below always do
 * @param nanoClock clock for latencies, in nanoseconds from any origin; waits use the system's
 * @param policies how pages of different kinds and owners are treated
 */
public record StoreSettings(
    int pageBytes,
    Duration putWait,
    Duration closeWait,
    boolean verifyRam,
    LongSupplier nanoClock,
    StorePolicies policies) {
  /**
   * Checks the values.
   *
   * @param pageBytes page size: 4096 to 65536, a power of two
   * @param putWait longest time a put waits for room before it is refused
   * @param closeWait longest time close waits for operations under way
   * @param verifyRam whether a get from RAM checks the checksum
   * @param nanoClock clock for latencies
   * @param policies how pages of different kinds and owners are treated
   * @throws IllegalArgumentException when the page size is not a power of two from 4096 to 65536
   */
  public StoreSettings {
    if (Integer.bitCount(pageBytes) != 1 || pageBytes < 4096 || pageBytes > 65536) {
      throw new IllegalArgumentException(
          "page size " + pageBytes + " is not a power of two from 4096 to 65536 bytes");
    }
  }

  /**
   * Settings with the policies that hold when nobody asks for others.
   *
   * @param pageBytes page size: 4096 to 65536, a power of two
   * @param putWait longest time a put waits for room before it is refused
   * @param closeWait longest time close waits for operations under way
   * @param verifyRam whether a get from RAM checks the checksum
   * @param nanoClock clock for latencies
   * @throws IllegalArgumentException when the page size is not a power of two from 4096 to 65536
   */
  public StoreSettings(
      int pageBytes,
      Duration putWait,
      Duration closeWait,
      boolean verifyRam,
      LongSupplier nanoClock) {
    this(pageBytes, putWait, closeWait, verifyRam, nanoClock, StorePolicies.DEFAULT);
  }

  /**
   * Pages of 4 KiB, waits of five and ten seconds, the system clock.
   *
   * @return the default settings
   */
  public static StoreSettings defaults() {
    return new StoreSettings(
        4096, Duration.ofSeconds(5), Duration.ofSeconds(10), true, System::nanoTime);
  }
}
