// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.StoreState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDirectoryTest {
  private static final Duration OLD = Duration.ofHours(1);

  @TempDir private Path parent;

  private Path killed(String name, Duration age) throws IOException {
    Path directory = Files.createDirectory(parent.resolve(name));
    Files.writeString(directory.resolve("pagestrata.lock"), "");
    Files.writeString(directory.resolve("segment-00000001.pss"), "torn");
    Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(age)));
    return directory;
  }

  @Test
  void removesWhatKilledDemosLeftAndNothingElse() throws IOException {
    Path old = killed("pagestrata-demo-123", OLD);
    Path starting = killed("pagestrata-demo-124", Duration.ZERO.minus(OLD));
    Path named = killed("pagestrata-demo-segments", OLD);
    Path other = killed("other-123", OLD);
    Path own;
    try (DemoDirectory directory = DemoDirectory.temporary(parent)) {
      own = directory.path();
      assertThat(own).isEmptyDirectory();
    }
    assertThat(own).doesNotExist();
    assertThat(old).doesNotExist();
    assertThat(starting).exists();
    assertThat(named).exists();
    assertThat(other).exists();
  }

  @Test
  void leavesADirectoryWhoseLockIsHeld() throws IOException {
    Path old = killed("pagestrata-demo-123", OLD);
    try (PageStore store =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("8MiB"))
            .file(file -> file.directory(old).maxSize("4MiB"))
            .open()) {
      Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(OLD)));
      assertThat(store.state()).isEqualTo(StoreState.OPEN);
      DemoDirectory.temporary(parent).close();
    }
    assertThat(old.resolve("segment-00000001.pss")).exists();
  }
}
