// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.config.DictionariesConfig;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.core.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Dictionaries by YAML and by builder. */
class DictionariesYamlTest {
  private static final String STORE = "tiers:\n- type: ram\n  max-size: 64MiB\n";
  private static final DictionariesConfig WANTED =
      new DictionariesConfig(false, 16 << 10, 0.1, Duration.ofHours(1));

  private static PagestrataConfig parse(String text) {
    return YamlConfig.parse("f.yaml", (STORE + text).getBytes(StandardCharsets.UTF_8));
  }

  private static PagestrataBuilder builder() {
    return Pagestrata.builder().ram(ram -> ram.maxSize("64MiB"));
  }

  @Test
  void everySettingReachesItsPlace() {
    assertThat(parse("").dictionaries()).isEqualTo(DictionariesConfig.DEFAULT);
    assertThat(
            parse(
                    "dictionaries: {enabled: false, size: 16KiB, min-gain: 0.1,"
                        + " check-interval: 1h}\n")
                .dictionaries())
        .isEqualTo(WANTED);
  }

  @Test
  void theBuilderMakesTheSameWithTextsAndWithValues() {
    assertThat(builder().build().dictionaries()).isEqualTo(DictionariesConfig.DEFAULT);
    assertThat(
            builder()
                .dictionaries(
                    it -> it.enabled(false).size("16KiB").minGain(0.1).checkInterval("1h"))
                .build()
                .dictionaries())
        .isEqualTo(WANTED);
    assertThat(
            builder()
                .dictionaries(
                    it ->
                        it.enabled(false)
                            .size(16 << 10)
                            .minGain(0.1)
                            .checkInterval(Duration.ofHours(1)))
                .build()
                .dictionaries())
        .isEqualTo(WANTED);
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    InvalidConfigurationException problems =
        catchThrowableOfType(
            InvalidConfigurationException.class,
            () ->
                parse(
                    "dictionaries: {enabled: maybe, size: 1MiB, min-gain: 2,"
                        + " check-interval: 1ms}\n"));
    assertThat(problems.problems())
        .hasSize(4)
        .anySatisfy(it -> assertThat(it).contains("key 'dictionaries.enabled'"))
        .anySatisfy(it -> assertThat(it).contains("key 'dictionaries.size'"))
        .anySatisfy(it -> assertThat(it).contains("key 'dictionaries.min-gain'"))
        .anySatisfy(it -> assertThat(it).contains("key 'dictionaries.check-interval'"));
  }
}
