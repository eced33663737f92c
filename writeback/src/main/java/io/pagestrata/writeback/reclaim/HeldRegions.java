// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.tier.UpperTier;
import java.util.Arrays;

/**
 * Regions that a walk has seen and does not settle yet, or the tier would show them again at once.
 * Owned by the reclaiming thread.
 */
final class HeldRegions {
  private final UpperTier tier;
  private long[] regions = new long[16];
  private int count;

  HeldRegions(UpperTier tier) {
    this.tier = tier;
  }

  void hold(long region) {
    if (count == regions.length) {
      regions = Arrays.copyOf(regions, 2 * count);
    }
    regions[count++] = region;
  }

  /** Settles them all, the last one first. */
  void release() {
    while (count > 0) {
      tier.settle(regions[--count]);
    }
  }
}
