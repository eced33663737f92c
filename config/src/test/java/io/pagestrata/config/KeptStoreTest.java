// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.yaml.YamlConfig;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A durable store of 20 MiB in segments of 1 MiB is opened with other settings. Either every page
 * is there, or the place in the configuration is named, with what is needed, and nothing changed.
 */
class KeptStoreTest {
  private static final int PAGES = 5120;
  private static final int PAGE_BYTES = 4096;
  private static final String FIRST = "max-size: 32MiB, segment-size: 1MiB";

  @TempDir Path directory;

  private PagestrataConfig config(String top, String file) {
    String yaml =
        """
        page-size: 4KiB
        durability: durable
        tiers:
        - {type: ram, max-size: 16MiB, pre-touch: false}
        - {type: file, directory: %s, %s}
        """
            .formatted(directory, file);
    String changed =
        top.isEmpty() ? yaml : yaml.replaceFirst("(?m)^" + top.split(":")[0] + ".*$", top);
    return YamlConfig.parse("f.yaml", changed.getBytes(StandardCharsets.UTF_8));
  }

  private static void fill(Random random, byte[] page) {
    random.nextBytes(page);
  }

  @BeforeEach
  void fill() {
    try (PageStore store = Pagestrata.open(config("", FIRST))) {
      Pool pool = store.createPool("heap", PoolKind.PERSISTENT);
      Random random = new Random(1);
      byte[] page = new byte[PAGE_BYTES];
      for (int i = 0; i < PAGES; i++) {
        fill(random, page);
        assertThat(store.put(pool, 0, i, page, 0)).isEqualTo(PutOutcome.STORED);
      }
    }
  }

  private void assertHolds(PagestrataConfig config) {
    assertThat(MachineCheck.problems(config)).isEmpty();
    try (PageStore store = Pagestrata.open(config)) {
      Pool pool = store.pool("heap").orElseThrow();
      Random random = new Random(1);
      byte[] page = new byte[PAGE_BYTES];
      byte[] found = new byte[PAGE_BYTES];
      for (int i = 0; i < PAGES; i++) {
        fill(random, page);
        assertThat(store.get(pool, 0, i, found, 0)).isTrue();
        assertThat(found).isEqualTo(page);
      }
    }
  }

  private void assertRefused(PagestrataConfig config, String problem) throws IOException {
    List<String> before = names();
    assertThat(MachineCheck.problems(config)).singleElement().asString().matches(problem);
    assertThatThrownBy(() -> Pagestrata.open(config))
        .isInstanceOf(InvalidConfigurationException.class)
        .message()
        .matches("(?s).*" + problem);
    assertThat(names()).isEqualTo(before);
    assertHolds(config("", FIRST));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-size: 32MiB, segment-size: 8MiB",
        "max-size: 64MiB, segment-size: 2MiB, index: off",
        "max-size: 1TiB",
        "max-size: 32MiB, segment-size: 1MiB, direct-io: true",
        "max-size: 32MiB, segment-size: 1MiB, recompress: zstd-1"
      })
  void whatMayChangeLosesNothing(String file) {
    assertHolds(config("", file));
    assertHolds(config("", FIRST));
  }

  @Test
  void segmentsMustNotBeSmaller() throws IOException {
    assertHolds(config("", "max-size: 64MiB, segment-size: 4MiB"));
    try (PageStore store = Pagestrata.open(config("", "max-size: 64MiB, segment-size: 4MiB"))) {
      Pool pool = store.createPool("more", PoolKind.PERSISTENT);
      byte[] page = new byte[PAGE_BYTES];
      Random random = new Random(2);
      for (int i = 0; i < 1024; i++) {
        fill(random, page);
        assertThat(store.put(pool, 0, i, page, 0)).isEqualTo(PutOutcome.STORED);
      }
    }
    String found =
        " is too small for segment-[0-9]+\\.pss in '"
            + directory
            + "', which has [0-9]+ bytes; expected at least 4MiB";
    List<String> before = names();
    assertThat(MachineCheck.problems(config("", "max-size: 64MiB, segment-size: 1MiB")))
        .singleElement()
        .asString()
        .matches("f\\.yaml:5:[0-9]+: key 'tiers\\[1]\\.segment-size': value '1MiB'" + found);
    PagestrataConfig auto = config("", "max-size: 64MiB");
    assertThat(MachineCheck.problems(auto))
        .singleElement()
        .asString()
        .matches(
            "f\\.yaml:5:[0-9]+: key 'tiers\\[1]\\.segment-size': value 'auto', which is 1MiB with"
                + " this max-size,"
                + found);
    assertThatThrownBy(() -> Pagestrata.open(auto)).hasMessageContaining("expected at least 4MiB");
    assertThat(names()).isEqualTo(before);
    assertHolds(config("", "max-size: 64MiB, segment-size: 4MiB"));
  }

  @Test
  void theTierMustHoldItsSegments() throws IOException {
    assertRefused(
        config("", "max-size: 16MiB, segment-size: 1MiB"),
        "f\\.yaml:5:[0-9]+: key 'tiers\\[1]\\.max-size': value '16MiB' is less than the 2[0-9]MiB"
            + " that the segments in '"
            + directory
            + "' take; expected at least 2[0-9]MiB, with room to clean and to sync");
  }

  @Test
  void somethingInTheWayOfASegmentIsToldAsThat() throws IOException {
    try (PageStore store = Pagestrata.open(config("", FIRST))) {
      long next =
          1
              + names().stream()
                  .filter(it -> it.endsWith(".pss"))
                  .map(it -> it.substring(8, 16))
                  .mapToLong(Long::parseLong)
                  .max()
                  .orElseThrow();
      List<Path> inTheWay = new ArrayList<>();
      // Cleaning may take some numbers meanwhile.
      for (long sequence = next; sequence < next + 4; sequence++) {
        Path path = directory.resolve(String.format("segment-%08d.pss", sequence));
        if (path.toFile().mkdir()) {
          inTheWay.add(path);
        }
      }
      store.put(store.pool("heap").orElseThrow(), 0, 0, new byte[PAGE_BYTES], 0);
      assertThatThrownBy(store::sync)
          .hasMessageMatching(
              "(?s).*: \\Q"
                  + directory
                  + "\\E/segment-\\d{8}\\.pss is there already, or something else of that name");
      for (Path path : inTheWay) {
        Files.delete(path);
      }
      store.sync();
    }
  }

  @Test
  void pagesKeepTheirSize() throws IOException {
    assertRefused(
        config("page-size: 8KiB", FIRST),
        "f\\.yaml:1:12: key 'page-size': value '8KiB' is not that of the store in '"
            + directory
            + "'; expected 4KiB");
  }

  @Test
  void aDurableStoreIsNotDeletedByAVolatileOne() throws IOException {
    assertRefused(
        config("durability: volatile", FIRST),
        "f\\.yaml:2:13: key 'durability': value 'volatile' would delete the durable store in '"
            + directory
            + "'; expected durable, or another directory");
  }
}
