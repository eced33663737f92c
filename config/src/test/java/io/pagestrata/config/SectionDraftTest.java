// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.core.InvalidConfigurationException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What one section holds of what somebody gave, right or wrong. */
class SectionDraftTest {
  private final Problems problems = new Problems(place -> new Where("at " + place, 0, 0));
  private final SectionDraft export =
      new SectionDraft(
          DaemonSettings.EXPORT, 2, problems, SourceMap.inCode(DaemonSettings.EXPORT.name()));

  private List<String> found() {
    InvalidConfigurationException thrown =
        catchThrowableOfType(InvalidConfigurationException.class, problems::throwIfAny);
    return thrown == null ? List.of() : thrown.problems();
  }

  @Test
  void aTextAndAValueAreTheSame() {
    export.setText(DaemonSettings.EXPORT_SIZE, "3GiB");
    assertThat(export.get(DaemonSettings.EXPORT_SIZE)).isEqualTo(3L << 30);
    assertThat(export.given(DaemonSettings.EXPORT_SIZE)).contains("3GiB");
    export.set(DaemonSettings.EXPORT_SIZE, 5L << 30);
    assertThat(export.get(DaemonSettings.EXPORT_SIZE)).isEqualTo(5L << 30);
    assertThat(export.given(DaemonSettings.EXPORT_SIZE)).contains("5GiB");
    export.setTexts(DaemonSettings.EXPORT_ALLOWED_CLIENTS, List.of("CN=a,O=b", "CN=c"));
    assertThat(export.get(DaemonSettings.EXPORT_ALLOWED_CLIENTS))
        .containsExactly("CN=a,O=b", "CN=c");
    assertThat(found()).isEmpty();
  }

  @Test
  void whatNobodyGaveIsTheDefaultAndNotGiven() {
    assertThat(export.given(DaemonSettings.EXPORT_READ_ONLY)).isEmpty();
    assertThat(export.get(DaemonSettings.EXPORT_READ_ONLY)).isFalse();
    export.setStandIn(DaemonSettings.EXPORT_NAME);
    assertThat(export.get(DaemonSettings.EXPORT_NAME)).isEqualTo("default");
    assertThat(found()).isEmpty();
  }

  // Forbidden: a value that is wrong and is replaced by the default without a word.
  @Test
  void eachWrongValueIsOneProblemAndSomethingAllowedStandsInForIt() {
    export.setText(DaemonSettings.EXPORT_SIZE, "much");
    export.set(DaemonSettings.EXPORT_MAX_CONNECTIONS, Optional.of(-1));
    export.setTexts(DaemonSettings.EXPORT_ALLOWED_CLIENTS, List.of("CN=a", ""));
    export.setUnreadable(DaemonSettings.EXPORT_READ_ONLY, "is a list");
    assertThat(found())
        .hasSize(4)
        .anyMatch(it -> it.startsWith("at exports[2].size: value 'much' is not a size"))
        .anyMatch(it -> it.startsWith("at exports[2].max-connections: value '-1' is out of range"))
        .anyMatch(it -> it.startsWith("at exports[2].allowed-clients: "))
        .contains("at exports[2].read-only: is a list; expected true or false");
    assertThat(export.given(DaemonSettings.EXPORT_SIZE)).contains("much");
    assertThat(export.get(DaemonSettings.EXPORT_SIZE)).isPositive();
    assertThat(export.get(DaemonSettings.EXPORT_MAX_CONNECTIONS)).isEmpty();
    assertThat(export.get(DaemonSettings.EXPORT_ALLOWED_CLIENTS)).isEmpty();
    assertThat(export.get(DaemonSettings.EXPORT_READ_ONLY)).isFalse();
  }

  // Forbidden: a setting that is given wrongly and also said to be missing.
  @Test
  void onlyWhatMustBeGivenAndWasNotIsMissing() {
    export.setText(DaemonSettings.EXPORT_SIZE, "much");
    export.complainAboutMissing();
    assertThat(found())
        .hasSize(2)
        .anyMatch(it -> it.startsWith("at exports[2].name: missing; expected "))
        .noneMatch(it -> it.startsWith("at exports[2].size: missing"));
  }

  @Test
  void placesAreThoseOfTheLastMap() {
    Optional<Setting<?>> name = Optional.of(DaemonSettings.EXPORT_NAME);
    assertThat(export.locate(name).text()).isEqualTo("exports.name");
    assertThat(export.locate(Optional.empty()).text()).isEqualTo("exports");
    export.locateWith(SourceMap.inCode("elsewhere"));
    assertThat(export.locate(name).text()).isEqualTo("elsewhere.name");
    assertThat(export.locate(Optional.empty()).text()).isEqualTo("elsewhere");
  }
}
