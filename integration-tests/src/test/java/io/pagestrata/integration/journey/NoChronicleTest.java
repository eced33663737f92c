// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.integration.support.IndexProgram;
import io.pagestrata.integration.support.ReopenProgram;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.core.selector.ClassLoaderContextSelector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A durable store in a JVM that was not given the flags of Chronicle Map. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NoChronicleTest {
  private static final String LOG =
      """
      appender.console.type = Console
      appender.console.name = console
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %p %m%n
      rootLogger.level = off
      logger.index.name = io.pagestrata.tiers.file.index
      logger.index.level = warn
      logger.index.appenderRef.console.ref = console
      """;

  @TempDir private Path home;
  private Path directory;

  @BeforeEach
  void name() {
    directory = home.resolve("store");
  }

  private void make() {
    try (PageStore store = IndexProgram.open(directory, IndexMode.ON)) {
      Pool pool = store.createPool("pages", PoolKind.PERSISTENT);
      IndexProgram.putAll(store, pool, 1);
    }
  }

  /** An index that is there is read; what it does not know is read from the segments. */
  @Test
  void theStoreWorksAndTheLogSaysWhatIsMissing() throws IOException {
    make();
    for (long version = 1; version <= 3; version++) {
      assertThat(run("AUTO", version))
          .hasSize(2)
          .contains(ReopenProgram.found(version, version == 1))
          .first()
          .asString()
          .startsWith("WARN " + directory + ": starts read the segments from now on, since ")
          .contains("--add-opens=java.base/java.lang=ALL-UNNAMED");
    }
    assertThat(run("OFF", 4)).containsExactly(ReopenProgram.found(4, false));
    try (PageStore store = IndexProgram.open(directory, IndexMode.ON)) {
      assertThat(store.stats().pages()).isEqualTo(IndexProgram.PAGES);
    }
  }

  @Test
  void whoAsksForTheIndexIsRefused() throws IOException {
    make();
    assertThat(run("ON", 1))
        .singleElement()
        .asString()
        .contains("the location index needs this JVM started with --add-opens=");
  }

  private List<String> run(String index, long version) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() > 23) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    Path log = home.resolve("log.properties");
    Files.writeString(log, LOG);
    command.add("-Dlog4j2.configurationFile=" + log);
    command.add("-Dlog4j2.contextSelector=" + ClassLoaderContextSelector.class.getName());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ReopenProgram.class.getName());
    command.addAll(List.of(directory.toString(), index, Long.toString(version)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return process.inputReader().lines().toList();
  }
}
