// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One part of a store after the other fails to be made. The failure comes out, and what was made
 * before is closed: no memory, no file, no lock on the directory is left, so the same store opens.
 */
class H32_openingFailsHalfWay {
  /** The parts, in the order in which they are made. */
  enum Part {
    RAM_TIER,
    FILE_TIER,
    STORE_SETTINGS,
    PROMOTION,
    WRITEBACK
  }

  @TempDir Path directory;
  private PagestrataConfig config;

  @BeforeEach
  void configure() {
    config =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("16MiB"))
            .file(file -> file.directory(directory).maxSize("64MiB"))
            .build();
  }

  @ParameterizedTest
  @EnumSource
  void whatWasMadeIsClosedAgain(Part failing) {
    FailingParts parts = new FailingParts(config, failing, false);
    assertThatThrownBy(() -> StoreAssembly.open(config, parts))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no " + failing)
        .hasNoSuppressedExceptions();
    assertThat(parts.made).hasSize(Math.min(2, failing.ordinal()));
    assertThat(parts.made).allMatch(tier -> tier.stats().state() == TierState.CLOSED);
    try (PageStore store = Pagestrata.open(config)) {
      assertThat(store.stats().tiers()).hasSize(2);
    }
  }

  @Test
  void aFaultOfTheDirectoryIsAProblemOfTheConfiguration() {
    FailingParts parts = new FailingParts(config, Part.FILE_TIER, true);
    assertThatThrownBy(() -> StoreAssembly.open(config, parts))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("tiers[1].directory: value '" + directory + "' cannot be used: no FILE_TIER");
    assertThat(parts.made).singleElement().matches(it -> it.stats().state() == TierState.CLOSED);
  }

  @Test
  void aSecondStoreOnADirectoryIsRefusedAndHarmsNothing() {
    try (PageStore store = Pagestrata.open(config)) {
      assertThatThrownBy(() -> Pagestrata.open(config))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageStartingWith("tiers[1].directory: value '" + directory + "' cannot be used: ")
          .hasMessageContaining("in use");
      assertThat(store.stats().tiers()).noneMatch(tier -> tier.state() == TierState.CLOSED);
    }
    try (PageStore store = Pagestrata.open(config)) {
      assertThat(store.stats().tiers()).hasSize(2);
    }
  }

  private static final class FailingParts extends StoreParts {
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
    Writeback writeback(Hierarchy hierarchy, LongSupplier stalls) {
      reach(Part.WRITEBACK);
      return super.writeback(hierarchy, stalls);
    }
  }
}
