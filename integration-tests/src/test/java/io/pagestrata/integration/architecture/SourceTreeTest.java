// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Habits of the source tree that a compiler does not check. */
class SourceTreeTest {
  private static final int MOST_LINES = 500;
  private static final Pattern LOOSE_END = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern PACKAGE_SENTENCE =
      Pattern.compile("/\\*\\*\\s.*[A-Za-z]\\..*\\*/\\s*package ", Pattern.DOTALL);

  @Test
  void everyFileNamesItsLicence() {
    assertThat(sources(text -> !text.startsWith("// SPDX-License-Identifier: Apache-2.0\n")))
        .as("files whose first line is not the licence")
        .isEmpty();
  }

  @Test
  void noFileIsTwoIdeas() {
    assertThat(sources(text -> text.lines().count() > MOST_LINES))
        .as("files above %d lines", MOST_LINES)
        .isEmpty();
  }

  @Test
  void noLooseEndIsLeftInTheCode() {
    assertThat(sources(text -> LOOSE_END.matcher(text).find())).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIs() {
    List<String> silent =
        RepositoryFiles.mainSources().stream()
            .map(Path::getParent)
            .distinct()
            .filter(folder -> !saysWhatItIs(folder.resolve("package-info.java")))
            .map(RepositoryFiles::relative)
            .toList();
    assertThat(silent).as("packages without a sentence in package-info.java").isEmpty();
  }

  private static boolean saysWhatItIs(Path packageInfo) {
    return Files.exists(packageInfo)
        && PACKAGE_SENTENCE.matcher(RepositoryFiles.read(packageInfo)).find();
  }

  @Test
  void noTestSleepsOrIsSwitchedOff() {
    Pattern asleep =
        Pattern.compile("Thread\\.sl" + "eep|@Dis" + "abled|TimeUnit\\.\\w+\\.sl" + "eep");
    assertThat(testSources(text -> asleep.matcher(text).find())).isEmpty();
  }

  private static List<String> sources(Predicate<String> bad) {
    return RepositoryFiles.javaSources().stream()
        .filter(file -> bad.test(RepositoryFiles.read(file)))
        .map(RepositoryFiles::relative)
        .toList();
  }

  private static List<String> testSources(Predicate<String> bad) {
    return RepositoryFiles.javaSources().stream()
        .filter(file -> RepositoryFiles.relative(file).contains("/src/test/"))
        .filter(file -> bad.test(RepositoryFiles.read(file)))
        .map(RepositoryFiles::relative)
        .toList();
  }
}
