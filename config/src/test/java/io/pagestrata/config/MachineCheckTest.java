// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.yaml.YamlConfig;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the machine cannot do is told as where the setting stands in its source. */
class MachineCheckTest {
  private static final long GIB = 1L << 30;

  private static PagestrataConfig twoTiers(boolean firstTouched, boolean secondTouched) {
    String yaml =
        """
        tiers:
        - type: ram
          max-size: 10GiB
          pre-touch: %s
        - type: ram
          name: dense
          max-size: 6GiB
          pre-touch: %s
        """;
    byte[] content = yaml.formatted(firstTouched, secondTouched).getBytes(StandardCharsets.UTF_8);
    return YamlConfig.parse("f.yaml", content);
  }

  @Test
  void tiersOfRamMustFitTogether() {
    PagestrataConfig both = twoTiers(true, true);
    assertThat(MachineCheck.problems(both, 16 * GIB)).isEmpty();
    assertThat(MachineCheck.problems(both, 16 * GIB - 1))
        .containsExactly(
            "f.yaml:7:13: key 'tiers[1].max-size': value '6GiB' is more than this machine has"
                + " beside value '10GiB' (f.yaml:3:13: key 'tiers[0].max-size'); expected at most"
                + " 16383MiB in all, since pre-touch takes all of it at once");
  }

  @Test
  void whatIsOnlyReservedDoesNotCount() {
    assertThat(MachineCheck.problems(twoTiers(true, false), 10 * GIB)).isEmpty();
    assertThat(MachineCheck.problems(twoTiers(false, true), 6 * GIB)).isEmpty();
  }

  @Test
  void aTierThatIsTooLargeByItselfIsToldAlone() {
    assertThat(MachineCheck.problems(twoTiers(true, true), 9 * GIB))
        .containsExactly(
            "f.yaml:3:13: key 'tiers[0].max-size': value '10GiB' is more than this machine has;"
                + " expected at most 9GiB, since pre-touch takes all of it at once");
  }

  @Test
  void aProgramIsToldTheMethodsOfTheBuilder() {
    PagestrataConfig config =
        Pagestrata.builder().ram(ram -> ram.maxSize(2 * GIB).preTouch(true)).build();
    assertThat(MachineCheck.problems(config, GIB))
        .singleElement()
        .asString()
        .startsWith("ram.maxSize: value '2GiB' is more");
  }

  @Test
  void whereAConfigurationStandsIsNoPartOfIt() {
    PagestrataConfig built =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize(10 * GIB).preTouch(true))
            .ram(ram -> ram.name("dense").maxSize(6 * GIB).preTouch(true))
            .build();
    assertThat(built).isEqualTo(twoTiers(true, true)).hasSameHashCodeAs(twoTiers(true, true));
  }
}
