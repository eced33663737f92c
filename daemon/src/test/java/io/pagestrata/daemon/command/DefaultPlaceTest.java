// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.StoreState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultPlaceTest {
  private static final FileTime OLD = FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS));

  @TempDir private Path parent;

  private Path left(String name) throws IOException {
    Path directory = parent.resolve(name);
    Path segments = Files.createDirectories(directory.resolve("segments"));
    Files.writeString(segments.resolve("pagestrata.lock"), "");
    Files.writeString(segments.resolve("segment-00000001.pss"), "torn");
    Files.writeString(directory.resolve("nbd.sock"), "");
    Files.setLastModifiedTime(directory, OLD);
    return directory;
  }

  @Test
  void whatKilledDaemonsLeftIsRemovedAndNothingElse() throws IOException {
    Path old = left("pagestrata-1");
    Path named = left("pagestrata-mine");
    Path others = Files.createDirectories(parent.resolve("pagestrata-2"));
    Files.writeString(others.resolve("nbd.sock"), "");
    Files.setLastModifiedTime(others, OLD);
    Path own;
    try (DefaultPlace place = DefaultPlace.temporary(parent)) {
      own = place.directory();
      assertThat(own).isEmptyDirectory();
    }
    assertThat(own).doesNotExist();
    assertThat(old).doesNotExist();
    assertThat(named.resolve("nbd.sock")).exists();
    assertThat(others.resolve("nbd.sock")).exists();
  }

  @Test
  void whatADaemonStillUsesStays() throws IOException {
    Path used = left("pagestrata-1");
    try (PageStore store =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("8MiB"))
            .file(file -> file.directory(used.resolve("segments")).maxSize("4MiB"))
            .open()) {
      Files.setLastModifiedTime(used, OLD);
      assertThat(store.state()).isEqualTo(StoreState.OPEN);
      DefaultPlace.temporary(parent).close();
      assertThat(used.resolve("segments").resolve("pagestrata.lock")).exists();
      assertThat(used.resolve("nbd.sock")).exists();
    }
  }
}
