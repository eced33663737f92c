// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0B, 0",
    "1B, 1",
    "4KiB, 4096",
    "4 KiB, 4096",
    "256MiB, 268435456",
    "8GiB, 8589934592",
    "1TiB, 1099511627776",
    "007KiB, 7168",
    "8388607TiB, 9223370937343148032"
  })
  void readsSizes(String text, long bytes) {
    assertThat(Units.parseBytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "8", "KiB", "8GB", "8G", "8K", "8kib", "8 gib", "8  GiB", " 8GiB", "8GiB ",
        "-8GiB", "+8GiB", "1.5GiB", "0x10B", "8GiB!", "8\nGiB", "٣KiB", "1e3B"
      })
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> Units.parseBytes(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("is not a size");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8388608TiB", "9223372036854775808B", "99999999999999999999999B"})
  void refusesSizesThatDoNotFit(String text) {
    assertThatThrownBy(() -> Units.parseBytes(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("is too large");
  }

  @ParameterizedTest
  @CsvSource({"0ms, 0", "1ms, 1", "10 s, 10000", "5min, 300000", "2h, 7200000", "1d, 86400000"})
  void readsDurations(String text, long millis) {
    assertThat(Units.parseDuration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "10m", "10sec", "1us", "-1s", "1.5s", "PT10S", "10S"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> Units.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("is not a duration");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "1, 1B",
    "1023, 1023B",
    "1024, 1KiB",
    "1536, 1536B",
    "1048576, 1MiB",
    "1572864, 1536KiB"
  })
  void writesSizes(long bytes, String text) {
    assertThat(Units.formatBytes(bytes)).isEqualTo(text);
  }

  @Test
  void readsBackWhatItWrote() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long value = (random.nextLong() >>> 1 >>> random.nextInt(63)) / 86_400_000 * 86_400_000;
      value = random.nextBoolean() ? value : random.nextInt(1 << 30);
      assertThat(Units.parseBytes(Units.formatBytes(value))).isEqualTo(value);
      Duration duration = Duration.ofMillis(value);
      assertThat(Units.parseDuration(Units.formatDuration(duration))).isEqualTo(duration);
    }
  }
}
