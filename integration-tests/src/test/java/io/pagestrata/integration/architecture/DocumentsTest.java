// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.TierStats;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documents agree with the code and with each other. */
class DocumentsTest {
  private static final String JAVADOC_SAMPLES =
      "config/src/test/java/io/pagestrata/JavadocSamplesTest.java";
  private static final Pattern SAMPLE =
      Pattern.compile("// tag::sample\\[\\]\\n(.*?)\\n[ ]*// end::sample\\[\\]", Pattern.DOTALL);
  private static final Pattern JAVA_FENCE =
      Pattern.compile("```java\\n(.*?)\\n```", Pattern.DOTALL);
  private static final Pattern JAVADOC_SAMPLE =
      Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* \\}</pre>", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]+)(#[^)]*)?\\)");
  private static final Pattern DECISION = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");

  @ParameterizedTest
  @CsvSource({"README.md, ReadmeSampleTest", "docs/library.md, LibrarySampleTest"})
  void theSampleIsTheCompiledOne(String document, String test) {
    String source = "config/src/test/java/io/pagestrata/" + test + ".java";
    Matcher compiled = SAMPLE.matcher(RepositoryFiles.read(source));
    Matcher shown = JAVA_FENCE.matcher(RepositoryFiles.read(document));
    assertThat(compiled.find()).as("sample region in %s", source).isTrue();
    assertThat(shown.find()).as("java sample in %s", document).isTrue();
    assertThat(shown.group(1)).isEqualTo(compiled.group(1).stripIndent());
  }

  @Test
  void everySampleInJavadocIsACompiledOne() {
    String source = RepositoryFiles.read(JAVADOC_SAMPLES);
    List<String> compiled =
        SAMPLE.matcher(source).results().map(it -> it.group(1).stripIndent()).toList();
    List<String> shown = new ArrayList<>();
    for (Path file : RepositoryFiles.mainSources()) {
      JAVADOC_SAMPLE
          .matcher(RepositoryFiles.read(file))
          .results()
          .map(it -> it.group(1).replaceAll("(?m)^ \\* ?", ""))
          .forEach(shown::add);
    }
    assertThat(shown).containsExactlyInAnyOrderElementsOf(compiled);
  }

  @Test
  void everyLinkLeadsToAFile() {
    List<String> broken = new ArrayList<>();
    for (Path document : RepositoryFiles.documents()) {
      Matcher link = LINK.matcher(RepositoryFiles.read(document));
      while (link.find()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          broken.add(RepositoryFiles.relative(document) + " -> " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyCounterIsExplained() {
    String metrics = RepositoryFiles.read("docs/metrics.md");
    List<String> missing =
        Stream.of(TierStats.class, WritebackStats.class)
            .flatMap(type -> Stream.of(type.getRecordComponents()))
            .map(RecordComponent::getName)
            .filter(name -> !metrics.contains(name))
            .toList();
    assertThat(missing).as("counters that docs/metrics.md does not name").isEmpty();
  }

  @Test
  void decisionsAreNumberedWithoutGapsAndSayWhatWouldReopenThem() {
    List<Path> records =
        RepositoryFiles.filesUnder("docs/decisions", f -> RepositoryFiles.nameEndsWith(f, ".md"));
    assertThat(records).isNotEmpty();
    String index = RepositoryFiles.read("docs/decisions.md");
    for (int i = 0; i < records.size(); i++) {
      Matcher name = DECISION.matcher(records.get(i).getFileName().toString());
      assertThat(name.matches()).as("name of %s", records.get(i)).isTrue();
      assertThat(Integer.parseInt(name.group(1)))
          .as("number of %s", records.get(i))
          .isEqualTo(i + 1);
      assertThat(index).contains("(decisions/" + records.get(i).getFileName() + ")");
      assertThat(RepositoryFiles.read(records.get(i)))
          .as("sections of %s", records.get(i))
          .contains("\n## Choice\n", "\n## Rejected\n", "\n## What would reopen it\n");
    }
  }
}
