// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.dictionary.Dictionaries;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.Tier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Parts of a store, one of which cannot be made. */
final class FailingParts extends StoreParts {
  /** The parts, in the order in which they are made. */
  enum Part {
    RAM_TIER,
    FILE_TIER,
    STORE_SETTINGS,
    PROMOTION,
    WRITEBACK
  }

  final List<Tier> made = new ArrayList<>();
  private final Part failing;
  private final boolean withIo;

  FailingParts(PagestrataConfig config, Part failing, boolean withIo) {
    super(config, System::nanoTime);
    this.failing = failing;
    this.withIo = withIo;
  }

  private void reach(Part part) {
    if (part == failing) {
      throw new IllegalStateException("no " + part);
    }
  }

  @Override
  Tier ramTier(RamTierConfig ram, MemoryBudget budget) {
    reach(Part.RAM_TIER);
    made.add(super.ramTier(ram, budget));
    return made.get(0);
  }

  @Override
  Tier fileTier(FileTierConfig file) throws IOException {
    if (withIo) {
      throw new IOException("no " + failing);
    }
    reach(Part.FILE_TIER);
    made.add(super.fileTier(file));
    return made.get(1);
  }

  @Override
  StoreSettings storeSettings() {
    reach(Part.STORE_SETTINGS);
    return super.storeSettings();
  }

  @Override
  PromotionPolicy promotion() {
    reach(Part.PROMOTION);
    return super.promotion();
  }

  @Override
  Writeback writeback(
      Hierarchy hierarchy,
      List<Recompressor> recompressors,
      Dictionaries dictionaries,
      LongSupplier stalls,
      Supplier<Optional<StoreStats>> store) {
    reach(Part.WRITEBACK);
    return super.writeback(hierarchy, recompressors, dictionaries, stalls, store);
  }
}
