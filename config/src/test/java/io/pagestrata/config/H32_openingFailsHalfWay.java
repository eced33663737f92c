// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.tier.TierState;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
  @TempDir Path directory;
  private PagestrataConfig config;

  @BeforeEach
  void configure() {
    config = config(Durability.VOLATILE);
  }

  private PagestrataConfig config(Durability durability) {
    return Pagestrata.builder()
        .durability(durability)
        .ram(ram -> ram.maxSize("16MiB"))
        .file(file -> file.directory(directory).maxSize("64MiB"))
        .build();
  }

  /** The pages that a durable store has are there again when it opens. */
  @ParameterizedTest
  @EnumSource
  void aDurableStoreLosesNothingByIt(FailingParts.Part failing) {
    config = config(Durability.DURABLE);
    ByteBuffer page = ByteBuffer.allocate(config.pageBytes()).putLong(0, 77);
    try (PageStore store = Pagestrata.open(config)) {
      store.put(store.createPool("kept", PoolKind.PERSISTENT), 1, 1, page);
    }
    whatWasMadeIsClosedAgain(failing);
    try (PageStore store = Pagestrata.open(config)) {
      page.clear().putLong(0, 0);
      assertThat(store.get(store.pool("kept").orElseThrow(), 1, 1, page)).isTrue();
      assertThat(page.getLong(0)).isEqualTo(77);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasMadeIsClosedAgain(FailingParts.Part failing) {
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
    FailingParts parts = new FailingParts(config, FailingParts.Part.FILE_TIER, true);
    assertThatThrownBy(() -> StoreAssembly.open(config, parts))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("file.directory: value '" + directory + "' cannot be used: no FILE_TIER");
    assertThat(parts.made).singleElement().matches(it -> it.stats().state() == TierState.CLOSED);
  }

  @Test
  void aSecondStoreOnADirectoryIsRefusedAndHarmsNothing() {
    try (PageStore store = Pagestrata.open(config)) {
      assertThatThrownBy(() -> Pagestrata.open(config))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageStartingWith("file.directory: value '" + directory + "' cannot be used: ")
          .hasMessageContaining("in use");
      assertThat(store.stats().tiers()).noneMatch(tier -> tier.state() == TierState.CLOSED);
    }
    try (PageStore store = Pagestrata.open(config)) {
      assertThat(store.stats().tiers()).hasSize(2);
    }
  }
}
