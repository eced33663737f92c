// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Documents that repeat the table of settings say the same as it. Run with {@code
 * -Dpagestrata.regenerate=true} to write them anew.
 */
class SettingsDocumentsTest {
  private static final String BEGIN = "<!-- begin: written from the code -->\n";
  private static final String END = "\n<!-- end: written from the code -->";
  private static final Path PAGE = Path.of("../docs/settings.md");
  private static final Path EXAMPLE = Path.of("../docs/examples/every-setting.yaml");
  private static final Path SCHEMA =
      Path.of("src/main/resources/io/pagestrata/config/pagestrata.schema.json");

  @Test
  void thePageOfSettings() throws IOException {
    String page = Files.readString(PAGE);
    String before = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
    String after = page.substring(page.indexOf(END));
    agree(PAGE, before + SettingsDocuments.tables() + after);
  }

  @Test
  void theExampleOfEverySetting() throws IOException {
    agree(EXAMPLE, SettingsDocuments.everySetting());
  }

  @Test
  void theSchema() throws IOException {
    agree(SCHEMA, SettingsDocuments.schema());
  }

  private static void agree(Path file, String content) throws IOException {
    if (Boolean.getBoolean("pagestrata.regenerate")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    }
    assertThat(Files.readString(file))
        .as("%s; -Dpagestrata.regenerate=true writes it anew", file)
        .isEqualTo(content);
  }
}
