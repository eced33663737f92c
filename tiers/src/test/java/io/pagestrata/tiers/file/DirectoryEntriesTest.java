// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forbidden: a store that was synced and whose new directory a crash takes away as a whole. */
class DirectoryEntriesTest {
  @TempDir private Path old;
  private final List<Path> forced = new ArrayList<>();

  @Test
  void whatANewDirectoryIsInIsForcedAndSoOnUpToWhatWasThere() throws IOException {
    Files.createFile(old.resolve("other"));
    Path directory = Files.createDirectories(old.resolve("a/b/store"));
    DirectoryEntries.force(directory, forced::add);
    assertThat(forced).containsExactly(old.resolve("a/b"), old.resolve("a"), old);
  }

  @Test
  void whatMayNotBeReadWasMadeBySomebodyElse() throws IOException {
    Path directory = Files.createDirectories(old.resolve("a/store"));
    DirectoryEntries.force(
        directory,
        path -> {
          forced.add(path);
          throw new AccessDeniedException(path.toString());
        });
    assertThat(forced).containsExactly(old.resolve("a"));
  }

  @Test
  void aDurableStoreDoesSoWhenItBeginsAndNotAgain() throws IOException {
    int[] times = {0};
    SegmentFiles files =
        new ForwardingFiles(SegmentFiles.inDirectory(old.resolve("a/store"), false)) {
          @Override
          public void forceEntry() throws IOException {
            assertThat(list()).as("before the manifest").noneMatch(it -> it.endsWith(".psm"));
            times[0]++;
            super.forceEntry();
          }

          @Override
          protected SegmentFile wrapped(SegmentFile file, String name) {
            return file;
          }
        };
    for (int start = 0; start < 2; start++) {
      FileTier.durable(
              FileTierModelTest.settings(old.resolve("a/store"), 12, false),
              FileEncryption.none(),
              0,
              System::nanoTime,
              files,
              FileWear.unlimited(),
              IndexMode.OFF)
          .close();
    }
    assertThat(times[0]).isOne();
  }
}
