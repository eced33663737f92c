// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.remote.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast pages are read from RAM and disk while another thread reads pages of a server: as long
 * as it is well, and while it hangs. Printed for docs/benchmarks.md; checked is that every page is
 * itself.
 */
@Tag("stress")
class FailoverFiguresTest {
  private static final int ON_DISK = 1000;
  private static final int REMOTE = 1000;
  private static final int IN_RAM = 1000;
  private static final int ROUNDS = 5;
  private static final long PACE_NANOS = 200_000;
  private static final long ROUND_NANOS = Duration.ofSeconds(2).toNanos();

  @TempDir private Path directory;

  @Test
  void getsFromRamAndDiskWhileAServerHangs() throws Exception {
    try (RedisServer server = RedisServer.open();
        RemoteRig rig =
            RemoteRig.open(
                directory,
                RemoteRig.settings(server.uri())
                    .withTimeouts(Duration.ofMillis(500), Duration.ofMillis(100)))) {
      rig.put(0, ON_DISK, 1);
      rig.writeBack();
      rig.small.store().writeBack(new WritebackRequest(1, Long.MAX_VALUE, Duration.ZERO));
      rig.put(ON_DISK, REMOTE, 1);
      rig.writeBack();
      rig.put(ON_DISK + REMOTE, IN_RAM, 1);
      assertThat(rig.remote().zpages()).isEqualTo(REMOTE);
      AtomicBoolean done = new AtomicBoolean();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread other = new Thread(() -> readRemote(rig, done, failure));
      other.start();
      readRate(rig);
      for (int round = 0; round < ROUNDS; round++) {
        double well = readRate(rig);
        server.hang();
        double hanging = readRate(rig);
        server.goOn();
        RemoteRig.await("the server", () -> rig.remote().state().name().equals("OPEN"));
        System.out.printf(
            Locale.ROOT,
            "remote hang: %.0f gets/s before, %.0f while it hangs, ratio %.2f%n",
            well,
            hanging,
            hanging / well);
      }
      done.set(true);
      other.join();
      assertThat(failure.get()).isNull();
      assertThat(rig.small.check()).isEqualTo(ON_DISK + REMOTE + IN_RAM);
    }
  }

  private static void readRemote(
      RemoteRig rig, AtomicBoolean done, AtomicReference<Throwable> failure) {
    try {
      while (!done.get()) {
        for (int i = 0; i < REMOTE && !done.get(); i++) {
          rig.assertPages(ON_DISK + i, 1, 1);
          // Or it would take more of the processors while the server does not slow it down.
          LockSupport.parkNanos(PACE_NANOS);
        }
      }
    } catch (Throwable t) {
      failure.set(t);
    }
  }

  /** Gets a second of pages in RAM and on disk, in turn. */
  private static double readRate(RemoteRig rig) {
    byte[] got = new byte[SmallStore.PAGE_BYTES];
    long gets = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < ROUND_NANOS) {
      int index = (int) (gets / 2 % ON_DISK);
      index += gets % 2 == 0 ? 0 : ON_DISK + REMOTE;
      assertThat(rig.small.store().get(rig.pool, 1, index, got, 0)).isTrue();
      gets++;
    }
    return gets * 1e9 / (System.nanoTime() - start);
  }
}
