// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.InvalidConfigurationException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeastRamTest {
  private static PagestrataConfig config(long ramBytes, int pageBytes) {
    return Pagestrata.builder()
        .pageSize(pageBytes)
        .ram(ram -> ram.maxSize(ramBytes))
        .file(file -> file.directory(Path.of("segments")).maxSize(1L << 30))
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 16384, 65536})
  void isAllowedAndOneByteLessIsNot(int pageBytes) {
    long least = config(1L << 30, pageBytes).leastRamBytes();
    assertThat(config(least, pageBytes).leastRamBytes()).isEqualTo(least);
    assertThatThrownBy(() -> config(least - 1, pageBytes))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("ram.maxSize");
  }
}
