// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which settings a file tier accepts. */
class FileTierSettingsTest {
  private static final Path DIRECTORY = Path.of("x");

  @ParameterizedTest
  @CsvSource({
    "67108864, 1048576",
    "1073741824, 16777216",
    "4294967296, 67108864",
    "1099511627776, 67108864",
    "4194304, 1048576"
  })
  void choosesSegmentsThatSuitTheSize(long maxBytes, int segmentBytes) {
    FileTierSettings settings = FileTierSettings.of(DIRECTORY, maxBytes, 4096);
    assertThat(settings.segmentBytes()).isEqualTo(segmentBytes);
    assertThat(settings.maxBatchBytes()).isEqualTo(segmentBytes / 4);
  }

  @ParameterizedTest
  @CsvSource({
    "67108864, 1048576, 4095, 0.5, 2, 2, 0, pageBytes",
    "67108864, 1048576, 131072, 0.5, 2, 2, 0, pageBytes",
    "67108864, 1048577, 4096, 0.5, 2, 2, 0, segmentBytes",
    "67108864, 32768, 4096, 0.5, 2, 2, 0, segmentBytes",
    "67108864, 1048576, 4096, 0.96, 2, 2, 0, liveRatioTarget",
    "67108864, 1048576, 4096, -0.1, 2, 2, 0, liveRatioTarget",
    "67108864, 1048576, 4096, 0.5, 0, 2, 0, freeSegmentTarget",
    "67108864, 1048576, 4096, 0.5, 2, 0, 0, reserveSegments",
    "67108864, 1048576, 4096, 0.5, 2, 2, -1, readOnlyRetry",
    "3145728, 1048576, 4096, 0.5, 2, 2, 0, maxBytes",
    "17592186044416, 1048576, 4096, 0.5, 2, 2, 0, maxBytes"
  })
  void saysWhichValueIsWrong(
      long maxBytes,
      int segmentBytes,
      int pageBytes,
      double liveRatioTarget,
      int freeSegmentTarget,
      int reserveSegments,
      long retrySeconds,
      String wrong) {
    Duration retry = Duration.ofSeconds(retrySeconds);
    assertThatThrownBy(
            () ->
                new FileTierSettings(
                    DIRECTORY,
                    maxBytes,
                    segmentBytes,
                    pageBytes,
                    false,
                    liveRatioTarget,
                    freeSegmentTarget,
                    reserveSegments,
                    retry))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(wrong);
  }

  @Test
  void addressesEverySlotItOffers() {
    FileTierSettings settings =
        new FileTierSettings(
            DIRECTORY, 8L << 40, 1 << 30, 4096, false, 0.5, 2, 2, Duration.ofSeconds(1));
    FileLocators locators = new FileLocators(settings.recordAlignment(), settings.segmentBytes());
    int last = settings.segmentSlots() - 1;
    assertThat(locators.slot(locators.pack(last, 4096, 4128))).isEqualTo(last);
  }
}
