// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.stats.PolicyStats;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.IndexStats;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.WriteBudgetStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares docs/metrics.md with the code: no name is missing on either side. */
class MetricsDocumentTest {
  private static final Pattern FIRST_CELL = Pattern.compile("^\\| `([^`]+)` \\|");
  private static final Pattern TWO_CELLS = Pattern.compile("^\\| `([^`]+)` \\| `([^`]+)` \\|");

  private static List<String> document;

  @BeforeAll
  static void read() throws IOException {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("docs/metrics.md"))) {
      directory = directory.getParent();
    }
    document = Files.readAllLines(directory.resolve("docs/metrics.md"));
  }

  /** First cells of the table rows between a heading and the next one. */
  private static Set<String> names(String heading, Pattern row, Function<Matcher, String> name) {
    Set<String> names = new TreeSet<>();
    int start = document.indexOf(heading);
    assertThat(start).as("heading " + heading).isNotNegative();
    for (String line : document.subList(start + 1, document.size())) {
      if (line.startsWith("#")) {
        break;
      }
      Matcher matcher = row.matcher(line);
      if (matcher.find()) {
        assertThat(names.add(name.apply(matcher))).as("only once: " + line).isTrue();
      }
    }
    return names;
  }

  private static Set<String> components(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(component -> component.getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        StoreStats.class,
        PolicyStats.class,
        DeduplicationStats.class,
        TenantStats.class,
        WriteBudgetStats.class,
        LatencySnapshot.class,
        SyncStats.class,
        WritebackStats.class,
        TierStats.class,
        RecoveryStats.class,
        IndexStats.class
      })
  void everyMetricIsDocumented(Class<?> type) {
    assertThat(names("### `" + type.getSimpleName() + "`", FIRST_CELL, row -> row.group(1)))
        .isEqualTo(components(type));
  }

  @Test
  void everyEventIsDocumented() {
    assertThat(names("### Events", FIRST_CELL, row -> row.group(1)))
        .isEqualTo(
            Arrays.stream(EventKind.values())
                .map(EventKind::label)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Fields that the row of an event names, as far as they are fields. */
  private static List<Field> fieldsOf(String row) {
    String cell = row.substring(row.lastIndexOf(" | "));
    return Pattern.compile("`([^`]+)`")
        .matcher(cell)
        .results()
        .flatMap(it -> Arrays.stream(Field.values()).filter(f -> f.label().equals(it.group(1))))
        .toList();
  }

  @Test
  void fieldsOfAnEventStandInTheOrderInWhichTheyAreWritten() {
    int start = document.indexOf("### Events");
    int end = document.indexOf("### Fields");
    for (String row : document.subList(start, end)) {
      if (row.startsWith("| `")) {
        assertThat(fieldsOf(row)).as(row).isSorted();
      }
    }
  }

  @Test
  void everyFieldIsDocumentedWithBothNames() {
    assertThat(names("### Fields", TWO_CELLS, row -> row.group(1) + " " + row.group(2)))
        .isEqualTo(
            Arrays.stream(Field.values())
                .map(field -> field.label() + " " + field.jsonName())
                .collect(Collectors.toCollection(TreeSet::new)));
  }
}
