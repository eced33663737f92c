// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each row of the table of failures names a test that is there. */
class FailureTableTest {
  private static final String HEADING = "| what fails";
  private static final int CELLS = 5;
  private static final Pattern NAMED = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");

  @Test
  void everyRowIsProved() {
    List<String> rows =
        RepositoryFiles.read("docs/failures.md")
            .lines()
            .filter(line -> line.startsWith("| ") && !line.startsWith(HEADING))
            .toList();
    assertThat(rows).hasSizeGreaterThan(25);
    Map<String, Path> tests = new HashMap<>();
    for (Path source : RepositoryFiles.javaSources()) {
      tests.put(source.getFileName().toString(), source);
    }
    List<String> unproved = new ArrayList<>();
    for (String row : rows) {
      String[] cells = row.substring(1).split("\\|");
      assertThat(cells).as(row).hasSize(CELLS);
      Matcher named = NAMED.matcher(cells[CELLS - 1]);
      int proofs = 0;
      while (named.find()) {
        proofs++;
        Path source = tests.get(named.group(1) + ".java");
        if (source == null || !hasTest(source, named.group(2))) {
          unproved.add(named.group());
        }
      }
      assertThat(proofs).as("tests named by %s", row).isPositive();
    }
    assertThat(unproved).as("tests that the table names and nobody finds").isEmpty();
  }

  private static boolean hasTest(Path source, String method) {
    return RepositoryFiles.read(source).contains("void " + (method == null ? "" : method + "("));
  }
}
