// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.writeback.monitor.MonitorSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WritebackSettingsTest {
  @Test
  void defaults() {
    assertThat(WritebackSettings.defaults())
        .isEqualTo(
            new WritebackSettings(
                8,
                1048576,
                0.90,
                0.85,
                Duration.ZERO,
                Duration.ofMillis(10),
                Duration.ofSeconds(10),
                new MonitorSettings(Duration.ofSeconds(10), false, 5)));
  }

  @Test
  void tellsAllProblemsAtOnce() {
    Duration negative = Duration.ofMillis(-1);
    assertThatThrownBy(
            () ->
                new WritebackSettings(
                    3, 5000, 0.5, 0.6, negative, negative, negative, MonitorSettings.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "ringSlots", "batchBytes", "watermarks", "idleAge", "flushInterval", "closeWait");
  }

  @Test
  void buffersOfEachLinkAreCounted() {
    WritebackSettings settings = WritebackSettings.defaults();
    assertThat(TieredWriteback.bufferBytes(settings, 1)).isZero();
    assertThat(TieredWriteback.bufferBytes(settings, 2)).isGreaterThanOrEqualTo(8L << 20);
    assertThat(TieredWriteback.bufferBytes(settings, 3))
        .isEqualTo(2 * TieredWriteback.bufferBytes(settings, 2));
  }
}
