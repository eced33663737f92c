// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.daemon.nbd.NbdAddress;
import io.pagestrata.daemon.nbd.NbdExport;
import io.pagestrata.daemon.nbd.NbdServer;
import io.pagestrata.daemon.nbd.NbdSettings;
import io.pagestrata.daemon.nbd.TestClient;
import io.pagestrata.integration.support.SmallStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A small store whose one pool a client uses as a disk. Closing it closes the store, too. */
final class ServedDisk implements AutoCloseable {
  /** Errors as the protocol numbers them. */
  static final int EIO = 5;

  static final int ENOSPC = 28;

  private static final String EXPORT = "disk";
  private static final long EXPORT_BYTES = 1L << 30;

  private final SmallStore small;
  private final NbdServer server;
  private final TestClient client;

  ServedDisk(SmallStore.Options options, Path directory) throws Exception {
    small = options.open(directory.resolve("tier"));
    Pool pool = small.store().createPool(EXPORT, PoolKind.PERSISTENT);
    NbdAddress.Unix address = new NbdAddress.Unix(directory.resolve("socket"));
    NbdExport export =
        new NbdExport(
            EXPORT,
            "",
            EXPORT_BYTES,
            false,
            Set.of(),
            NbdExport.Limits.NONE,
            small.store(),
            pool,
            0);
    server = new NbdServer(NbdSettings.of(address), List.of(export));
    server.start();
    client = new TestClient(address.path());
    client.go(EXPORT);
  }

  SmallStore small() {
    return small;
  }

  /** Connected, and done with its handshake. */
  TestClient client() {
    return client;
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
    small.check();
    small.close();
  }
}
