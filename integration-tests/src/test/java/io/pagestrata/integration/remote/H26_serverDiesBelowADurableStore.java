// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.TestServers;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The network goes first, then the store is stopped: the disk has everything, so nothing of it
 * waits for the server, and the next start needs none.
 */
@Timeout(120)
class H26_serverDiesBelowADurableStore {
  private static final int PAGES = 600;

  @TempDir private Path directory;

  @Test
  void aStopWritesEverythingDownWithoutTheServer() throws Exception {
    try (LocalServer server = TestServers.open()) {
      SmallStore.Options options =
          SmallStore.options().durable().ramBytes(8 << 20).remote(RemoteRig.settings(server.uri()));
      try (SmallStore small = options.open(directory)) {
        RemoteRig rig = RemoteRig.of(small);
        rig.put(0, PAGES, 1);
        rig.writeBack();
        assertThat(rig.remote().zpages()).isPositive();
        rig.put(0, PAGES / 2, 2);
        server.kill();
        small.store().sync();
        rig.put(0, PAGES / 4, 3);
      }
    }
    try (SmallStore small = SmallStore.options().durable().open(directory)) {
      Pool pool = small.store().pool("swap").orElseThrow();
      byte[] got = new byte[SmallStore.PAGE_BYTES];
      for (int i = 0; i < PAGES; i++) {
        assertThat(small.store().get(pool, 1, i, got, 0)).as("page %d is there", i).isTrue();
        int version = i < PAGES / 4 ? 3 : i < PAGES / 2 ? 2 : 1;
        assertThat(Arrays.equals(got, RemoteRig.page(i, version))).as("page %d", i).isTrue();
      }
      assertThat(small.check()).isEqualTo(PAGES);
    }
  }
}
