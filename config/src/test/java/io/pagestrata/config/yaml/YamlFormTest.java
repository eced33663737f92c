// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static io.pagestrata.config.yaml.YamlConfigTest.MINIMAL;
import static io.pagestrata.config.yaml.YamlConfigTest.parse;
import static io.pagestrata.config.yaml.YamlConfigTest.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.InvalidConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file may be, before anybody looks at settings: syntax, tags, encoding, size. */
class YamlFormTest {
  @Test
  void nothingIsMadeFromTags() {
    assertThat(problems("!!java.io.File [/etc/passwd]"))
        .containsExactly(
            "f.yaml:1:1: not valid YAML: Global tag is not allowed:"
                + " tag:yaml.org,2002:java.io.File");
    assertThat(problems(MINIMAL + "put-wait: !!binary NXM=\n"))
        .containsExactly(
            "f.yaml:4:11: key 'put-wait': tag 'tag:yaml.org,2002:binary' is not allowed; expected"
                + " plain values");
    assertThat(problems(MINIMAL + "put-wait: !env WAIT\n"))
        .containsExactly(
            "f.yaml:4:11: key 'put-wait': tag '!env' is not allowed; expected plain values");
  }

  @Test
  void tagsThatChangeNothingAreRefusedToo() {
    String refused = "tag 'tag:yaml.org,2002:str' is not allowed; expected plain values";
    assertThat(problems(MINIMAL + "put-wait: !!str 5s\n"))
        .containsExactly("f.yaml:4:11: key 'put-wait': " + refused);
    assertThat(problems("!!map {" + MINIMAL.strip().replace("tiers:", "tiers: !!seq") + "}"))
        .isNotEmpty();
    assertThat(problems(MINIMAL + "!!str put-wait: 5s\n"))
        .containsExactly("f.yaml:4:1: key 'put-wait': " + refused);
    assertThat(parse(MINIMAL + "put-wait: '5s'\n")).isEqualTo(parse(MINIMAL + "put-wait: 5s\n"));
  }

  @Test
  void aNumberIsNoTextAndIsReadInOneWayOnly() {
    assertThat(problems(MINIMAL + "  - {type: file, directory: 5, max-size: 1GiB}\n"))
        .containsExactly(
            "f.yaml:4:29: key 'tiers[1].directory': is a number, and text only in quotes; expected"
                + " a path, such as /var/lib/pagestrata");
    assertThat(
            problems(
                MINIMAL
                    + "  - {type: file, directory: d, max-size: 1GiB,"
                    + " encryption-previous-key-files: [5]}\n"))
        .singleElement()
        .asString()
        .endsWith("is a number, and text only in quotes; expected text");
    assertThat(parse(MINIMAL + "  - {type: file, directory: '5', max-size: 1GiB}\n").file())
        .isPresent();
    for (String number : new String[] {"010", "1_0", "+8", "0x8"}) {
      assertThat(problems(MINIMAL + "writeback: {ring-slots: " + number + "}\n"))
          .singleElement()
          .asString()
          .contains("'" + number + "' is not a whole number");
    }
  }

  @Test
  void aTildeIsNoHome() {
    assertThat(problems(MINIMAL + "  - {type: file, directory: ~/x, max-size: 1GiB}\n"))
        .singleElement()
        .asString()
        .contains("'~/x' begins with ~, which only a shell replaces");
  }

  @Test
  void aliasesAreRefusedSoNothingCanBlowUp() {
    assertThat(
            problems(
                """
                a: &a [x, x, x, x, x, x, x, x, x]
                b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
                page-size: &size 4KiB
                put-wait: *size
                tiers: &t [*t]
                """))
        .contains(
            "f.yaml:3:12: key 'page-size': anchors and aliases are not allowed; expected plain"
                + " values",
            "f.yaml:3:12: key 'put-wait': anchors and aliases are not allowed; expected plain"
                + " values",
            "f.yaml:5:8: key 'tiers': anchors and aliases are not allowed; expected plain values");
  }

  @Test
  void brokenSyntaxIsLocated() {
    assertThat(problems("tiers:\n  - type: ram\n max-size: 1GiB\n"))
        .singleElement()
        .asString()
        .startsWith("f.yaml:3:2: not valid YAML: ");
    assertThat(problems("a: [\n")).singleElement().asString().startsWith("f.yaml:2:1: not valid");
    assertThat(problems("a: 1\n--- \nb: 2\n")).singleElement().asString().contains("not valid");
    assertThat(problems("[".repeat(100))).singleElement().asString().contains("not valid YAML");
    assertThat(problems("a: \u0000")).singleElement().asString().contains("not valid YAML");
  }

  @Test
  void emptyFilesAreNamed() {
    String empty = "f.yaml: the file holds no settings; expected at least the key 'tiers'";
    assertThat(problems("")).containsExactly(empty);
    assertThat(problems("# nothing\n")).containsExactly(empty);
    assertThat(problems("\uFEFF")).containsExactly(empty);
    assertThat(problems("~"))
        .containsExactly("f.yaml:1:1: is empty; expected a mapping of settings");
  }

  @Test
  void aByteOrderMarkIsSkippedAndOtherEncodingsAreRefused() {
    assertThat(parse("\uFEFF" + MINIMAL)).isEqualTo(parse(MINIMAL));
    assertThatThrownBy(() -> YamlConfig.parse("f.yaml", MINIMAL.getBytes(StandardCharsets.UTF_16)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("f.yaml: not a text in UTF-8; expected one");
  }

  @Test
  void largeFilesAreRefused() {
    byte[] large = new byte[YamlConfig.MOST_BYTES + 1];
    assertThatThrownBy(() -> YamlConfig.parse("f.yaml", large))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("f.yaml: more than 1048576 bytes; expected a smaller file");
  }

  @Test
  void filesAreReadAndNamed(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("p.yaml");
    Files.writeString(file, MINIMAL);
    assertThat(YamlConfig.read(file)).isEqualTo(parse(MINIMAL));
    Files.writeString(file, "tiers: 1\n");
    assertThatThrownBy(() -> YamlConfig.read(file))
        .hasMessage(
            file + ":1:8: key 'tiers': is a single value; expected a list of tiers, top to bottom");
    assertThatThrownBy(() -> YamlConfig.read(directory.resolve("absent.yaml")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
