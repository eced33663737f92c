// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.tiers.ram.chronicle.ChronicleJvm;
import io.pagestrata.tiers.ram.chronicle.ChroniclePool;
import io.pagestrata.tiers.ram.log.LogPool;
import io.pagestrata.tiers.ram.log.LogSettings;
import io.pagestrata.tiers.ram.zbud.ZbudPool;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import io.pagestrata.tiers.ram.zsmalloc.ZsmallocPool;
import io.pagestrata.tiers.ram.zsmalloc.ZsmallocSettings;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Makes the zpool that settings ask for; the one place that knows every kind. Stateless. */
public final class Zpools {
  private Zpools() {}

  /**
   * Whether this JVM can run a kind of zpool.
   *
   * @param kind any
   * @return what is missing and how to give it, on one line, or empty when nothing is
   */
  public static Optional<String> complaint(ZpoolKind kind) {
    return kind == ZpoolKind.CHRONICLE
        ? ChronicleJvm.complaint("zpool chronicle")
        : Optional.empty();
  }

  /**
   * Makes a pool, not attached yet.
   *
   * @param settings kind, size and shape
   * @param eviction order in which zpages leave the pool
   * @param budget charged for the memory of the pool
   * @param nanoClock nanoseconds, as {@link System#nanoTime}
   * @return an open pool, which the caller closes
   * @throws IllegalArgumentException when sizes do not fit together
   * @throws IllegalStateException when the system cannot map the memory
   */
  public static Zpool make(
      RamSettings settings, EvictionPolicy eviction, MemoryBudget budget, LongSupplier nanoClock) {
    return switch (settings.zpool()) {
      case LOG ->
          new LogPool(
              new LogSettings(
                  settings.maxBytes(),
                  settings.pageBytes(),
                  settings.blockBytes(),
                  settings.shards(),
                  settings.cleanBelowLiveShare(),
                  settings.preTouch()),
              eviction,
              budget,
              nanoClock);
      case ZSMALLOC ->
          new ZsmallocPool(
              new ZsmallocSettings(
                  settings.maxBytes(),
                  settings.pageBytes(),
                  settings.zspageFrames(),
                  settings.compactBelowUsedShare(),
                  settings.preTouch()),
              eviction,
              budget,
              nanoClock);
      case ZBUD ->
          new ZbudPool(
              settings.maxBytes(),
              settings.pageBytes(),
              settings.preTouch(),
              eviction,
              budget,
              nanoClock);
      case CHRONICLE ->
          new ChroniclePool(settings.maxBytes(), settings.pageBytes(), eviction, budget, nanoClock);
    };
  }
}
