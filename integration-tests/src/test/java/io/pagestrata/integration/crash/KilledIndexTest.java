// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.integration.support.IndexProgram;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process that is killed while it writes to its index. */
class KilledIndexTest {
  private static final int KILLS = 2;

  @TempDir private Path home;
  private final ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);

  @Test
  @Timeout(value = 4, unit = TimeUnit.MINUTES)
  void theNextStartShowsWhatTheSegmentsSayAndHangsOnNoLock() throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      Path directory = home.resolve("store-" + kill);
      killed(directory, kill + 1);
      Path untouched = copy(directory, home.resolve("copy-" + kill));
      List<Long> truth = versions(untouched, IndexMode.OFF);
      assertThat(truth).allMatch(version -> version >= newest(truth) - 1);
      assertThat(versions(directory, IndexMode.ON)).isEqualTo(truth);
      assertThat(versions(directory, IndexMode.ON)).isEqualTo(truth);
    }
  }

  /** Each sync covers all pages, so that no page is more than one version behind another. */
  private static long newest(List<Long> versions) {
    return versions.stream().mapToLong(Long::longValue).max().orElseThrow();
  }

  private static void killed(Path directory, int afterSyncs) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            IndexProgram.class.getName(),
            directory.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader output = process.inputReader()) {
      for (int syncs = 0; syncs < afterSyncs; syncs++) {
        String line = output.readLine();
        while (!IndexProgram.SYNCED.equals(line)) {
          assertThat(line).as("the program goes on").isNotNull();
          line = output.readLine();
        }
      }
      process.destroyForcibly();
      process.waitFor();
    }
  }

  private static Path copy(Path directory, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  private List<Long> versions(Path directory, IndexMode index) {
    try (PageStore store = IndexProgram.open(directory, index)) {
      Pool pool = store.pool("pages").orElseThrow();
      List<Long> versions = new ArrayList<>();
      for (int i = 0; i < IndexProgram.PAGES; i++) {
        assertThat(store.get(pool, 1, i, page)).as("page %d is there", i).isTrue();
        versions.add(VersionedPages.read(page, i));
      }
      return versions;
    }
  }
}
