// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A server on a unix socket over a small store, with one export to change and one to read. */
final class NbdRig implements AutoCloseable {
  static final int PAGE_BYTES = 4096;
  static final long DISK_BYTES = 8L << 30;

  final PageStore store;
  final Pool pool;
  final NbdServer server;
  final Path socket;

  private final NbdExport.Limits exportLimits;

  private NbdRig(Path directory, PageStore store, NbdLimits limits, NbdExport.Limits exportLimits)
      throws IOException {
    this.store = store;
    this.exportLimits = exportLimits;
    pool = store.createPool("disk", PoolKind.PERSISTENT);
    socket = directory.resolve("socket");
    server =
        new NbdServer(
            new NbdSettings(List.of(new NbdAddress.Unix(socket)), Optional.empty(), limits, true),
            List.of(export("disk", false), export("read only", true)));
    server.start();
  }

  private NbdExport export(String name, boolean readOnly) {
    return new NbdExport(
        name, "what is in " + name, DISK_BYTES, readOnly, Set.of(), exportLimits, store, pool, 0);
  }

  /** A store of RAM and file; the files are in the directory {@code tier}. */
  static NbdRig open(Path directory) throws IOException {
    return open(directory, limits(1000, Duration.ofSeconds(30)));
  }

  static NbdRig open(Path directory, NbdLimits limits) throws IOException {
    return open(directory, limits, NbdExport.Limits.NONE);
  }

  /** Limits that hold for each of the two exports by itself. */
  static NbdRig open(Path directory, NbdLimits limits, NbdExport.Limits exportLimits)
      throws IOException {
    PageStore store =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("8MiB"))
            .file(file -> file.directory(directory.resolve("tier")).maxSize("256MiB"))
            .open();
    return new NbdRig(directory, store, limits, exportLimits);
  }

  /** A store of other pages, with two tiers of RAM. */
  static NbdRig openWithPages(Path directory, int pageBytes) throws IOException {
    PageStore store =
        Pagestrata.builder()
            .pageSize(pageBytes)
            .ram(ram -> ram.maxSize("32MiB").preTouch(false))
            .ram(ram -> ram.name("dense").maxSize("32MiB").preTouch(false).recompress("zstd-1"))
            .file(file -> file.directory(directory.resolve("tier")).maxSize("256MiB"))
            .open();
    return new NbdRig(directory, store, limits(10, Duration.ofSeconds(30)), NbdExport.Limits.NONE);
  }

  /** A store that is full soon. */
  static NbdRig openSmall(Path directory) throws IOException {
    PageStore store = Pagestrata.builder().ram(ram -> ram.maxSize("8MiB")).open();
    return new NbdRig(directory, store, limits(10, Duration.ofSeconds(30)), NbdExport.Limits.NONE);
  }

  static NbdLimits limits(int connections, Duration handshake) {
    return new NbdLimits(
        connections,
        8 << 20,
        128 << 20,
        NbdLimits.USUAL_THREADS,
        handshake,
        Duration.ofSeconds(60),
        Duration.ofSeconds(10));
  }

  TestClient client() throws IOException {
    return new TestClient(socket);
  }

  /** A client in the transmission phase. */
  TestClient disk(boolean structured) throws IOException {
    TestClient client = client();
    if (structured) {
      client.option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0]);
    }
    client.go("disk");
    return client;
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
