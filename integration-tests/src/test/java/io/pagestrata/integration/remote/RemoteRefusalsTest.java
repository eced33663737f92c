// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server that answers, but not with what was asked for: it refuses writes, or reads, for a while.
 * Forbidden: a page that cannot be read meanwhile, or is another one, and a server that is not used
 * again when the reason is gone.
 */
@Timeout(120)
class RemoteRefusalsTest {
  @TempDir private Path directory;

  private static String folder(LocalServer server) {
    return server.askAll("CONFIG GET dir").lines().skip(4).findFirst().orElseThrow();
  }

  private static void assertRefuses(LocalServer server, String answer) {
    assertThat(server.ask("SET other 1")).startsWith("-" + answer);
  }

  /** Pages there stay readable and new ones go below; once it is mended new ones go there again. */
  private static void assertDoneWithoutUntilMended(RemoteRig rig, LocalServer server, Runnable mend)
      throws Exception {
    rig.put(1000, 500, 1);
    rig.writeBack();
    assertThat(rig.remote().refusals()).isPositive();
    assertThat(rig.remote().zpages()).isEqualTo(1000);
    rig.assertPages(0, 1500, 1);
    mend.run();
    await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
    long[] next = {2000};
    await(
        "the server to be used again",
        () -> {
          put(rig, (int) next[0], 100);
          next[0] += 100;
          return rig.remote().zpages() > 1000;
        });
    rig.assertPages(0, 1500, 1);
    rig.assertPages(2000, (int) next[0] - 2000, 1);
    await("what is there to be known", () -> server.keys() == rig.remote().zpages() + 1);
    assertThat(rig.small.check()).isEqualTo(1500 + next[0] - 2000);
  }

  private static void put(RemoteRig rig, int first, int count) {
    try {
      rig.put(first, count, 1);
      rig.writeBack();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NOREPLICAS, CONFIG SET min-replicas-to-write 1, CONFIG SET min-replicas-to-write 0",
    "OOM, CONFIG SET maxmemory 1mb, CONFIG SET maxmemory 0",
    "NOPERM, ACL SETUSER default -mset -set, ACL SETUSER default +mset +set",
  })
  void aServerThatTakesNoWritesForAWhile(String answer, String refuse, String mend)
      throws Exception {
    try (LocalServer server = TestServers.open();
        RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      server.ask(refuse);
      assertRefuses(server, answer);
      assertDoneWithoutUntilMended(rig, server, () -> server.ask(mend));
    }
  }

  // Its own snapshots fail, and it is told to take no writes then.
  @Test
  void aServerWhoseSnapshotsFail() throws Exception {
    try (LocalServer server = TestServers.open();
        RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      Files.createDirectory(Path.of(folder(server), "dump.rdb"));
      server.ask("CONFIG SET save \"3600 100000000\"");
      server.ask("BGSAVE");
      await("its snapshot to fail", () -> server.ask("PING").startsWith("-MISCONF"));
      assertDoneWithoutUntilMended(
          rig, server, () -> server.ask("CONFIG SET stop-writes-on-bgsave-error no"));
    }
  }

  // It is made the replica of a server that is not there, and a master again. Until then it answers
  // reads with what it has, or, when it is told not to, with MASTERDOWN.
  @ParameterizedTest
  @CsvSource({"yes, SET other 1, READONLY", "no, GET other, MASTERDOWN"})
  void aServerThatIsAReplicaForAWhile(String serveStale, String command, String answer)
      throws Exception {
    try (LocalServer server = TestServers.open("--replica-serve-stale-data " + serveStale);
        RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      server.ask("REPLICAOF 127.0.0.1 1");
      assertThat(server.ask(command)).startsWith("-" + answer);
      assertDoneWithoutUntilMended(rig, server, () -> server.ask("REPLICAOF NO ONE"));
      await(
          "what it holds to be checked",
          () -> server.askAll("INFO commandstats").contains("cmdstat_exists"));
    }
  }

  // It is back with what it had saved, but takes its time to load that. Nothing is given up that it
  // has, and meanwhile pages come from their mirrors.
  @Test
  void aServerThatLoads() throws Exception {
    try (LocalServer server =
            TestServers.open(
                "--key-load-delay 4000", "--loading-process-events-interval-bytes 1024");
        RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 500, 1);
      rig.writeBack();
      assertThat(server.ask("SAVE")).isEqualTo("+OK");
      server.kill();
      CompletableFuture<Void> started = CompletableFuture.runAsync(() -> restart(server));
      await("the server to load", () -> isLoading(server));
      rig.assertPages(0, 500, 1);
      assertThat(rig.file().reads()).isEqualTo(500);
      assertThat(isLoading(server) || started.isDone()).isTrue();
      started.get();
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      await("the pages there to be read", () -> isReadThere(rig));
      assertThat(rig.remote().zpages()).isEqualTo(500);
      assertThat(rig.small.check()).isEqualTo(500);
    }
  }

  private static void restart(LocalServer server) {
    try {
      server.restart();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isLoading(LocalServer server) {
    try {
      return server.ask("PING").startsWith("-LOADING");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static boolean isReadThere(RemoteRig rig) {
    long before = rig.file().reads();
    rig.assertPages(0, 500, 1);
    return rig.file().reads() == before;
  }

  // A right is taken away from a tier in use: that is for a person to mend, so it is said loudly.
  @Test
  void aRightThatIsTakenAwayIsTold() throws Exception {
    try (LocalServer server = TestServers.open();
        LogLines log = new LogLines(RemoteTier.class.getName());
        RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      server.ask("ACL SETUSER default -mset");
      put(rig, 0, 100);
      String line = log.next();
      while (!line.startsWith("ERROR")) {
        line = log.next();
      }
      assertThat(line).contains("NOPERM", "'mset'", "until that is mended");
      assertThat(rig.remote().zpages()).isZero();
    }
  }
}
