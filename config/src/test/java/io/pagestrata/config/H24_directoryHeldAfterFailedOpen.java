// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The file tier is ready, then opening fails further on. No file of the directory stays open;
 * neither does one after an open that succeeds and a close.
 */
class H24_directoryHeldAfterFailedOpen {
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void noFileStaysOpen(Durability durability) throws IOException {
    assumeTrue(Files.isDirectory(OPEN_FILES), "this system lists no open files");
    PagestrataConfig config =
        Pagestrata.builder()
            .durability(durability)
            .ram(ram -> ram.maxSize("16MiB"))
            .file(file -> file.directory(directory).maxSize("64MiB"))
            .build();
    FailingParts parts = new FailingParts(config, FailingParts.Part.WRITEBACK, false);
    assertThatThrownBy(() -> StoreAssembly.open(config, parts)).hasMessage("no WRITEBACK");
    assertThat(parts.made).hasSize(2);
    assertThat(openFiles()).isEmpty();
    try (PageStore store = Pagestrata.open(config)) {
      assertThat(openFiles()).as("the lock at least, for %s", store).isNotEmpty();
    }
    assertThat(openFiles()).isEmpty();
  }

  private List<Path> openFiles() throws IOException {
    Path real = directory.toRealPath();
    List<Path> open = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(OPEN_FILES)) {
      for (Path descriptor : descriptors.toList()) {
        // The descriptor of this very listing is gone by now.
        if (Files.isSymbolicLink(descriptor)
            && Files.readSymbolicLink(descriptor).startsWith(real)) {
          open.add(Files.readSymbolicLink(descriptor));
        }
      }
    }
    return open;
  }
}
