// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FLUSH and FUA over a durable store: what the files hold when the reply is there. */
class DurableExportTest {
  private static final int PAGE_BYTES = 4096;

  @TempDir private Path directory;

  private PageStore open(Path files) {
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .ram(ram -> ram.maxSize("8MiB"))
        .file(file -> file.directory(files).maxSize("64MiB"))
        .open();
  }

  private NbdServer serve(PageStore store, Pool pool) throws IOException {
    NbdServer server =
        new NbdServer(
            new NbdSettings(
                List.of(new NbdAddress.Unix(directory.resolve("socket"))),
                Optional.empty(),
                NbdRig.limits(10, Duration.ofSeconds(30)),
                false),
            List.of(
                new NbdExport(
                    "disk", "", 1 << 20, false, Set.of(), NbdExport.Limits.NONE, store, pool, 0)));
    server.start();
    return server;
  }

  /** A copy of the files is what a start after a crash now would find. */
  private boolean survives(Path files, int index, byte first) throws IOException {
    Path copy = Files.createTempDirectory(directory, "copy");
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    try (PageStore store = open(copy)) {
      ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
      return store.get(store.pool("disk").orElseThrow(), 0, index, page) && page.get(0) == first;
    }
  }

  private static byte[] page(int first) {
    byte[] page = new byte[PAGE_BYTES];
    page[0] = (byte) first;
    page[1] = 1;
    return page;
  }

  @Test
  void aFlushCoversTheWritesOfEveryConnectionAndAWriteThroughItself() throws Exception {
    Path files = directory.resolve("files");
    try (PageStore store = open(files);
        NbdServer server = serve(store, store.createPool("disk", PoolKind.PERSISTENT));
        TestClient one = new TestClient(directory.resolve("socket"));
        TestClient two = new TestClient(directory.resolve("socket"))) {
      assertThat(server.addresses()).hasSize(1);
      one.go("disk");
      two.go("disk");
      assertThat(one.write(0, page(1))).isZero();
      assertThat(survives(files, 0, (byte) 1)).as("before the flush").isFalse();
      assertThat(two.flush()).isZero();
      assertThat(survives(files, 0, (byte) 1)).as("after the flush").isTrue();

      assertThat(one.writeThrough(PAGE_BYTES, page(2))).isZero();
      assertThat(survives(files, 1, (byte) 2)).as("written through").isTrue();

      assertThat(one.call(NbdProtocol.CMD_FLAG_FUA, NbdProtocol.CMD_TRIM, 0, PAGE_BYTES).error())
          .isZero();
      assertThat(survives(files, 0, (byte) 1)).as("trimmed through").isFalse();
    }
  }
}
