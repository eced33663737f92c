// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.clients;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.daemon.nbd.NbdAddress;
import io.pagestrata.daemon.nbd.NbdExport;
import io.pagestrata.daemon.nbd.NbdExport.Limits;
import io.pagestrata.daemon.nbd.NbdLimits;
import io.pagestrata.daemon.nbd.NbdServer;
import io.pagestrata.daemon.nbd.NbdSettings;
import io.pagestrata.daemon.nbd.NbdTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store whose RAM is a fraction of what clients write, served on a unix socket. */
final class ServedStore implements AutoCloseable {
  static final long DISK_BYTES = 1L << 30;

  final PageStore store;
  final NbdServer server;
  private final Path socket;
  private final boolean encrypted;

  private ServedStore(Path directory, Optional<NbdTls> tls, Set<String> allowed)
      throws IOException {
    store =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("16MiB"))
            .file(file -> file.directory(directory.resolve("tier")).maxSize("512MiB"))
            .open();
    Pool pool = store.createPool("disk", PoolKind.PERSISTENT);
    socket = directory.resolve("socket");
    encrypted = tls.isPresent();
    server =
        new NbdServer(
            new NbdSettings(
                List.of(new NbdAddress.Unix(socket), new NbdAddress.Tcp("127.0.0.1", 0)),
                tls,
                NbdLimits.defaults(),
                true),
            List.of(
                new NbdExport(
                    "disk", "a disk", DISK_BYTES, false, allowed, Limits.NONE, store, pool, 0),
                new NbdExport("other", "", 1 << 20, true, Set.of(), Limits.NONE, store, pool, 1)));
    server.start();
  }

  static ServedStore open(Path directory) throws IOException {
    return new ServedStore(directory, Optional.empty(), Set.of());
  }

  static ServedStore open(Path directory, NbdTls tls, Set<String> allowed) throws IOException {
    return new ServedStore(directory, Optional.of(tls), allowed);
  }

  /** The disk on the unix socket. */
  String uri() {
    return "nbd+unix:///disk?socket=" + socket;
  }

  /** The disk on loopback TCP. */
  String tcpUri() {
    return (encrypted ? "nbds://" : "nbd://") + server.addresses().get(1) + "/disk";
  }

  String socket() {
    return socket.toString();
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
