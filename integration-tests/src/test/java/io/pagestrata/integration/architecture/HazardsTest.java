// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every hazard that this release answers has a test class with its number. */
class HazardsTest {
  private static final Pattern HAZARD_CLASS = Pattern.compile("H(\\d\\d)_\\w+\\.java");

  private static final int[] ANSWERED = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
    27, 28, 29, 30, 31, 32, 33, 34, 35, 36
  };

  @Test
  void everyAnsweredHazardHasItsTest() {
    Set<Integer> missing =
        IntStream.of(ANSWERED).boxed().collect(Collectors.toCollection(TreeSet::new));
    missing.removeAll(tested());
    assertThat(missing).as("hazards without a test class").isEmpty();
  }

  private static Set<Integer> tested() {
    return RepositoryFiles.javaSources().stream()
        .map(Path::getFileName)
        .map(name -> HAZARD_CLASS.matcher(name.toString()))
        .flatMap(matcher -> matcher.matches() ? Stream.of(number(matcher)) : Stream.empty())
        .collect(Collectors.toSet());
  }

  private static int number(Matcher matcher) {
    return Integer.parseInt(matcher.group(1));
  }
}
