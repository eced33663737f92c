// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * All zpages in one order of age; what was read since it was stored gets a second chance.
 *
 * <p>Such a zpage was read at some time between its fill and now. To call it the youngest would
 * keep whatever was read once for two rounds, and on swap traces with long scans that costs hits;
 * so it rejoins between the region under reclaim and the youngest. Immutable.
 */
final class OneLine implements EvictionPolicy {
  private static final double REJOIN_AGE = 0.6;

  private final boolean exact;

  OneLine(boolean exact) {
    this.exact = exact;
  }

  @Override
  public boolean keepsTwoLines() {
    return false;
  }

  @Override
  public boolean isKept(StoreIntent intent) {
    return intent == StoreIntent.RECLAIM || intent == StoreIntent.SPARE;
  }

  @Override
  public double rejoinAge() {
    return REJOIN_AGE;
  }

  /** Never asked: one line has no choice. */
  @Override
  public boolean showsKept(long newRegions, long keptRegions) {
    return false;
  }

  @Override
  public boolean isExact() {
    return exact;
  }
}
