// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.tiers.ram.log.LogPool;
import io.pagestrata.tiers.ram.zpool.Zpool;
import java.util.function.LongSupplier;

/** Makes the zpool that settings ask for; the one place that knows every kind. Stateless. */
final class Zpools {
  private Zpools() {}

  static Zpool make(RamSettings settings, MemoryBudget budget, LongSupplier nanoClock) {
    return new LogPool(
        settings.maxBytes(),
        settings.pageBytes(),
        settings.blockBytes(),
        settings.shards(),
        settings.cleanBelowLiveShare(),
        settings.preTouch(),
        budget,
        nanoClock);
  }
}
