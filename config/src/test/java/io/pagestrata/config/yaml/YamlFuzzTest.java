// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pagestrata.core.InvalidConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a file holds, it is a configuration or it is reported: nothing else is ever thrown. */
class YamlFuzzTest {
  private static final int ROUNDS = 5_000;
  private static final String PIECES =
      "tiers|: |\n|  |- |type|ram|file|max-size|64MiB|{|}|[|]|&a|*a|!!int|!x|'|\"|#|?|,|>|%YAML|---"
          + "|...|~|null|0x10|.inf|1e9|<<|\t|writeback|low-watermark|0.5|\\|\u0001|\u2028|=|@|`";

  @Test
  void randomBytes() {
    Random random = new Random(11);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] content = new byte[random.nextInt(64)];
      random.nextBytes(content);
      parse(content);
    }
  }

  @Test
  void randomPieces() {
    Random random = new Random(12);
    String[] pieces = PIECES.split("\\|");
    for (int i = 0; i < ROUNDS; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(40); j > 0; j--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      parse(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void damagedExamples() throws IOException {
    Random random = new Random(13);
    byte[] example = Files.readAllBytes(Path.of("../docs/examples/swap-disk.yaml"));
    int read = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] content = example.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        content[random.nextInt(content.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : example[random.nextInt(content.length)];
      }
      read += parse(Arrays.copyOf(content, 1 + random.nextInt(content.length))) ? 1 : 0;
    }
    assertThat(read).as("damage in comments does not matter").isPositive();
  }

  private static boolean parse(byte[] content) {
    try {
      YamlConfig.parseDaemon("fuzz.yaml", content);
      return true;
    } catch (InvalidConfigurationException e) {
      assertThat(e.problems()).isNotEmpty().allMatch(it -> it.lines().count() == 1);
      return false;
    } catch (RuntimeException | Error e) {
      return fail("with " + Arrays.toString(content), e);
    }
  }
}
