// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.config.ConfigDraft;
import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.core.InvalidConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** What of a document reaches the draft, and what is said about the rest of it. */
class DocumentReaderTest {
  private static final long SEED = 20_261_121;
  private static final String TIERS =
      """
      tiers:
        - {type: ram, max-size: 64MiB}
        - type: file
          directory: /d
          max-size: 1GiB
      """;

  /** One part for each key of the root. */
  private static final List<String> PARTS =
      List.of(
          TIERS,
          "page-size: 8KiB\n",
          "writeback: {ring-slots: 4}\n",
          "policies: {incompressible-pages: write-back-first}\n",
          "dictionaries: {enabled: false}\n",
          "tenants: [{name: a, weight: 2}]\n",
          "monitor: {events-per-second: 3}\n",
          "exports: [{name: e, size: 1MiB, tenant: a}]\n",
          "server: {threads: 3, tls: {certificate: c.pem}}\n");

  private final ConfigDraft draft = new ConfigDraft();
  private final DocumentReader reader = new DocumentReader("s", node -> false, draft);

  private static Node tree(String text) {
    LoaderOptions options = new LoaderOptions();
    return new Composer(new ParserImpl(new StreamReader(text), options), new Resolver(), options)
        .getSingleNode();
  }

  private static DaemonConfig daemon(List<String> parts) {
    ConfigDraft draft = new ConfigDraft();
    new DocumentReader("s", node -> false, draft).readDaemon(tree(String.join("", parts)));
    return draft.buildDaemon();
  }

  private List<String> problems(String text) {
    reader.readStore(tree(text));
    return catchThrowableOfType(InvalidConfigurationException.class, draft::build).problems();
  }

  @Test
  void theOrderOfKeysMeansNothing() {
    DaemonConfig expected = daemon(PARTS);
    assertThat(expected.store().pageBytes()).isEqualTo(8192);
    assertThat(expected.store().writeback().ringSlots()).isEqualTo(4);
    assertThat(expected.exports().get(0).tenant()).isEqualTo("a");
    assertThat(expected.server().threads()).contains(3);
    assertThat(expected.server().tls().certificate()).contains(Path.of("c.pem"));
    Random random = new Random(SEED);
    List<String> shuffled = new ArrayList<>(PARTS);
    for (int i = 0; i < 10; i++) {
      Collections.shuffle(shuffled, random);
      assertThat(daemon(shuffled)).as("seed %d, round %d", SEED, i).isEqualTo(expected);
    }
  }

  // Forbidden: a daemon's file that a program takes, and serves none of its exports.
  @Test
  void aStoreHasNoExports() {
    assertThat(problems(TIERS + "exports: [{name: e, size: 1MiB}]\nserver: {}\n"))
        .hasSize(2)
        .allMatch(it -> it.contains(": unknown key; "))
        .anyMatch(it -> it.startsWith("s:6:10: key 'exports'"))
        .anyMatch(it -> it.startsWith("s:7:9: key 'server'"));
  }

  // Forbidden: a key that is given twice, of which one value is taken without a word.
  @Test
  void aKeyIsGivenOnce() {
    assertThat(problems(TIERS + "page-size: 8KiB\npage-size: 16KiB\n"))
        .containsExactly("s:7:1: key 'page-size': given more than once; expected one value");
  }

  // Forbidden: advice about the order of tiers of which one could not be read.
  @Test
  void ofTiersThatCannotBeReadOnlyThatIsSaid() {
    assertThat(
            problems("tiers:\n  - {type: file, directory: /d, max-size: 1GiB}\n  - {type: tape}\n"))
        .containsExactly(
            "s:3:12: key 'tiers[1].type': value 'tape' is not a type of tier; expected ram, remote"
                + " or file");
  }

  @Test
  void eachKindOfNodeIsNamedForWhatItIs() {
    assertThat(
            problems(
                TIERS
                    + """
                    page-size: [8KiB]
                    put-wait: {a: b}
                    close-wait:
                    writeback: none
                    tenants: {name: a}
                    [list, key]: 1
                    """))
        .hasSize(6)
        .anyMatch(it -> it.startsWith("s:6:12: key 'page-size': is a list; expected "))
        .anyMatch(it -> it.startsWith("s:7:11: key 'put-wait': is a mapping; expected "))
        .anyMatch(it -> it.startsWith("s:8:12: key 'close-wait': is empty; expected "))
        .contains(
            "s:9:12: key 'writeback': is a single value; expected a mapping of settings",
            "s:10:10: key 'tenants': is a mapping; expected a list of tenants",
            "s:11:1: a key is a list; expected a word");
  }

  @Test
  void aKeyOfAnyLengthIsShownInPart() {
    assertThat(problems(TIERS + "k".repeat(1000) + ": 1\n"))
        .singleElement()
        .asString()
        .startsWith("s:6:1")
        .contains("key '" + "k".repeat(40) + "...'")
        .doesNotContain("k".repeat(41));
  }

  @Test
  void aStoreReadsTheSameAsItsDaemon() {
    reader.readStore(tree(String.join("", PARTS.subList(0, 7))));
    PagestrataConfig store = draft.build();
    assertThat(store).isEqualTo(daemon(PARTS).store());
  }
}
