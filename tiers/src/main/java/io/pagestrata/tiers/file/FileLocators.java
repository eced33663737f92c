// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.Tier;

/**
 * Packs the place of a record into the 48 bits of a locator.
 *
 * <pre>
 *  47           39 38                                   0
 *  | record units | position in units                    |
 *                 | segment slot | offset in the segment |
 * </pre>
 *
 * <p>A unit is the record alignment, a 256th of a page. The length stands in the locator so that a
 * refault knows how much to read before it has seen the header, and so that {@code free} can count
 * without reading at all. Immutable.
 */
final class FileLocators {
  private static final int LENGTH_BITS = 9;
  private static final int POSITION_BITS = Tier.LOCATOR_BITS - LENGTH_BITS;
  private static final long POSITION_MASK = (1L << POSITION_BITS) - 1;

  /** Units that can be addressed. */
  static final long MAX_POSITION_UNITS = 1L << POSITION_BITS;

  private final int unitShift;
  private final int slotShift;
  private final long offsetMask;

  FileLocators(int unitBytes, int segmentBytes) {
    unitShift = Integer.numberOfTrailingZeros(unitBytes);
    slotShift = Integer.numberOfTrailingZeros(segmentBytes) - unitShift;
    offsetMask = (1L << slotShift) - 1;
  }

  long pack(int slot, long offset, int bytes) {
    return (long) (bytes >>> unitShift) << POSITION_BITS
        | (long) slot << slotShift
        | offset >>> unitShift;
  }

  int slot(long locator) {
    return (int) ((locator & POSITION_MASK) >>> slotShift);
  }

  long offset(long locator) {
    return (locator & offsetMask) << unitShift;
  }

  /** Length of the record, padding included. */
  int bytes(long locator) {
    return (int) (locator >>> POSITION_BITS) << unitShift;
  }
}
