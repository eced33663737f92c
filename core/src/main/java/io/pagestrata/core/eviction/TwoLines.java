// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.eviction;

import io.pagestrata.core.tier.Accesses;
import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;

/**
 * A first-in-first-out line of new zpages and one of kept ones, as in S3-FIFO (Yang and others,
 * SOSP 2023): what a put brings is new; what is shown and was read joins the youngest kept ones;
 * what was read in a lower tier soon after it went there joins them at once, since its refault
 * distance has shown what the ghost list of the paper shows.
 *
 * <p>The paper gives new zpages a tenth. Which share is right differs by load as much as any other
 * choice: under a swap device most of what is read is next written, not read again, and the new
 * zpages deserve nearly all; where few pages take most reads, the kept ones do. So the share
 * follows the {@linkplain Accesses accesses}. Thread-safe.
 */
final class TwoLines implements EvictionPolicy {
  private final SampledAccesses accesses = new SampledAccesses();

  @Override
  public boolean keepsTwoLines() {
    return true;
  }

  @Override
  public boolean isKept(StoreIntent intent) {
    return intent == StoreIntent.RECLAIM || intent == StoreIntent.PROMOTION;
  }

  @Override
  public double rejoinAge() {
    return 1;
  }

  @Override
  public boolean showsKept(long newRegions, long keptRegions) {
    return keptRegions > keptShare() * (newRegions + keptRegions);
  }

  @Override
  public Accesses accesses() {
    return accesses;
  }

  @Override
  public double keptShare() {
    return accesses.keptShare();
  }
}
