// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 26: the remote server dies, hangs, forgets or fills up in every state of the store.
 * Forbidden: a lost or wrong page, a get, a put or a stop that hangs, a counter that drifts.
 */
@Timeout(120)
class H26_remoteServerDies {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration MEDIUM = Duration.ofSeconds(3);
  private static final String FAST_SYNC = "--repl-diskless-sync-delay 0";
  private LocalServer server;

  @TempDir private Path directory;

  private RemoteSettings start(String... options) throws IOException {
    server = TestServers.open(options);
    return RemoteRig.settings(server.uri());
  }

  @AfterEach
  void end() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  // The server dies with pages on it: each is read from its mirror, puts go to disk, and a stop
  // does not wait for the dead. When the server returns, empty, it is used again.
  @Test
  void aDeadServerLosesNothingAndAnEmptyOneIsUsedAgain() throws Exception {
    RemoteSettings settings = start();
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(1000);
      server.kill();

      rig.assertPages(0, 1000, 1);
      rig.put(1000, 500, 1);
      rig.put(0, 100, 2);
      rig.writeBack();
      assertThat(rig.remote().state()).isEqualTo(TierState.READ_ONLY);
      rig.assertPages(0, 100, 2);
      rig.assertPages(100, 1400, 1);

      server.restart();
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      await("suspect pages to rest below", () -> rig.remote().zpages() == 0);
      rig.assertPages(100, 1400, 1);
      rig.put(2000, 500, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(500);
      rig.assertPages(2000, 500, 1);
      assertThat(rig.small.check()).isEqualTo(2000);
    }
  }

  @Test
  void aStopWithADeadServerEnds() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start())) {
      rig.put(0, 500, 1);
      rig.writeBack();
      server.kill();
    }
  }

  @Test
  void aStopWithAHungServerEnds() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start().withTimeouts(SHORT, SHORT))) {
      rig.put(0, 500, 1);
      rig.writeBack();
      server.hang();
    } finally {
      server.goOn();
    }
  }

  // The server hangs: gets are answered from the mirrors, batches go to disk. When it goes on, it
  // carries out what it was sent long ago; those ghosts are removed.
  @Test
  void aHungServerIsPassedOverAndItsGhostsAreRemoved() throws Exception {
    RemoteSettings settings = start().withTimeouts(SHORT, SHORT);
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(0, 500, 1);
      rig.writeBack();
      server.hang();
      rig.put(500, 1000, 1);
      rig.writeBack();
      rig.assertPages(0, 1500, 1);
      assertThat(rig.remote().refusals()).isPositive();
      assertThat(rig.remote().state()).isEqualTo(TierState.READ_ONLY);

      server.goOn();
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      await("ghosts to go", () -> server.keys() == rig.remote().zpages() + 1);
      rig.assertPages(0, 1500, 1);
      assertThat(rig.small.check()).isEqualTo(1500);
    }
  }

  // The server dies and is back, empty, before anybody notices that it was away.
  @Test
  void anEmptyServerThatComesBackAtOnceIsFoundOut() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start())) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      server.kill();
      server.restart();
      rig.assertPages(0, 300, 1);
      await("suspect pages to rest below", () -> rig.remote().zpages() == 0);
      rig.assertPages(0, 1000, 1);
      assertThat(rig.file().zpages()).isEqualTo(1000);
      assertThat(rig.small.check()).isEqualTo(1000);
    }
  }

  // The server has less memory than the tier may use: what it refuses rests on disk, and when its
  // memory is free again it is used again.
  @Test
  void aServerOutOfMemoryIsFull() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start("--maxmemory 6mb"))) {
      rig.put(0, 4000, 1);
      rig.writeBack();
      assertThat(rig.remote().refusals()).isPositive();
      assertThat(rig.remote().state()).isEqualTo(TierState.FULL);
      assertThat(rig.remote().zpages()).isBetween(1L, 3999L);
      assertThat(rig.file().zpages()).isEqualTo(4000);
      rig.assertPages(0, 4000, 1);

      rig.small.store().flushRange(rig.pool, 1, 0, 3900);
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(5000, 200, 1);
      rig.writeBack();
      rig.assertPages(5000, 200, 1);
      assertThat(rig.small.check()).isEqualTo(300);
    }
  }

  @Test
  void aPolicyThatDropsKeysIsRefusedAtTheStart() throws Exception {
    RemoteSettings settings = start("--maxmemory 100mb", "--maxmemory-policy allkeys-lru");
    assertThat(RemoteRig.refusal(directory, settings)).contains("maxmemory-policy is allkeys-lru");
    SmallStore.open(directory).close();
  }

  // The policy is changed while the tier is in use: it gets no more zpages, and evicted ones are
  // served from below.
  @Test
  void aPolicyThatBeginsToDropKeysIsNoticed() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start())) {
      rig.put(0, 2000, 1);
      rig.writeBack();
      server.ask("CONFIG SET maxmemory-policy allkeys-random");
      server.ask("CONFIG SET maxmemory 3mb");
      await("the tier to close", () -> rig.remote().state() == TierState.READ_ONLY);
      await("what was evicted to rest below", () -> rig.remote().zpages() < 2000);
      assertThat(rig.remote().reads()).isZero();
      rig.assertPages(0, 2000, 1);
      server.ask("CONFIG SET maxmemory 0");
      server.ask("CONFIG SET maxmemory-policy noeviction");
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.assertPages(0, 2000, 1);
      assertThat(rig.small.check()).isEqualTo(2000);
    }
  }

  // The server comes and goes, now dying and now hanging, while pages are put and read: each is
  // itself all the time, and in the end the server is used again.
  @Test
  void aServerThatFlapsLosesNothing() throws Exception {
    RemoteSettings settings = start().withTimeouts(SHORT, SHORT);
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      for (int cycle = 0; cycle < 6; cycle++) {
        rig.put(cycle * 300, 300, cycle);
        rig.writeBack();
        rig.assertPages(0, 100, 0);
        if (cycle % 2 == 0) {
          server.kill();
        } else {
          server.hang();
        }
        rig.put(cycle * 300 + 150, 100, cycle);
        rig.writeBack();
        rig.assertPages(cycle * 300, 300, cycle);
        if (cycle % 2 == 0) {
          server.restart();
        } else {
          server.goOn();
        }
      }
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(3000, 200, 1);
      rig.writeBack();
      await("what is on the server to be known", () -> server.keys() == rig.remote().zpages() + 1);
      assertThat(rig.remote().zpages()).isPositive();
      for (int cycle = 0; cycle < 6; cycle++) {
        rig.assertPages(cycle * 300, 300, cycle);
      }
      assertThat(rig.small.check()).isEqualTo(6 * 300 + 200);
    }
  }

  // Somebody gives our keys an expiry: they are missed although nobody reads them.
  @Test
  void keysThatExpireAreNoticed() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start())) {
      rig.put(0, 128, 1);
      rig.writeBack();
      String keys = server.askAll("KEYS ps:test:*}*");
      for (String key : keys.lines().filter(line -> line.startsWith("ps:")).toList()) {
        server.ask("PEXPIRE " + key + " 1");
      }
      await("pages to rest below", () -> rig.remote().zpages() == 0);
      assertThat(rig.remote().reads()).isZero();
      rig.assertPages(0, 128, 1);
      assertThat(rig.small.check()).isEqualTo(128);
    }
  }

  // Somebody empties the server. One read finds out, and then the whole server is looked at.
  @Test
  void anEmptiedServerIsNoticed() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start())) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      server.ask("FLUSHALL");
      rig.assertPages(0, 1, 1);
      await("pages to rest below", () -> rig.remote().zpages() == 0);
      assertThat(rig.remote().reads()).isEqualTo(1);
      rig.assertPages(0, 1000, 1);
      rig.put(2000, 200, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(200);
      assertThat(rig.small.check()).isEqualTo(1200);
    }
  }

  // Keys go without a trace but their number, and nobody reads them.
  @Test
  void keysThatSomebodyRemovesAreNoticed() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start())) {
      rig.put(0, 128, 1);
      rig.writeBack();
      long before = infos();
      long[] ours = {0};
      await("the tier to look twice", () -> infos() - before - ++ours[0] >= 2);
      String keys = server.askAll("KEYS ps:test:*}*");
      for (String key : keys.lines().filter(line -> line.startsWith("ps:")).limit(5).toList()) {
        server.ask("DEL " + key);
      }
      await("pages to rest below", () -> rig.remote().zpages() < 128);
      assertThat(rig.remote().reads()).isZero();
      rig.assertPages(0, 128, 1);
      assertThat(rig.small.check()).isEqualTo(128);
    }
  }

  /** How often anybody has asked the server what it is, this time included. */
  private long infos() {
    String stats = server.askAll("INFO commandstats");
    Matcher calls = Pattern.compile("cmdstat_info:calls=(\\d+)").matcher(stats);
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }

  @Test
  void aServerThatIsNotThereYetIsUsedWhenItComes() throws Exception {
    RemoteSettings settings = start();
    server.kill();
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, 500, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isZero();
      server.restart();
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(500, 500, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(500);
      rig.assertPages(0, 1000, 1);
      assertThat(rig.small.check()).isEqualTo(1000);
    }
  }

  @Test
  void aValueThatSomebodyElseChangedIsNotReturned() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, start())) {
      rig.put(0, 100, 1);
      rig.writeBack();
      String keys = server.askAll("KEYS ps:test:*}*");
      for (String key : keys.lines().filter(line -> line.startsWith("ps:")).toList()) {
        server.ask("SETRANGE " + key + " 700 damaged");
      }
      rig.assertPages(0, 100, 1);
      assertThat(rig.remote().zpages()).isZero();
      assertThat(rig.small.check()).isEqualTo(100);
    }
  }

  // Without a mirror a lost page is told as such, and others are not affected.
  @Test
  void aPageWithoutMirrorThatIsLostIsTold() throws Exception {
    LocalServer replica = null;
    try {
      RemoteSettings settings = start(FAST_SYNC).withReplicas(1).withTimeouts(MEDIUM, MEDIUM);
      replica = TestServers.open("--replicaof 127.0.0.1 " + server.port());
      replica.awaitLink();
      try (RemoteRig rig = RemoteRig.open(directory, settings)) {
        rig.put(0, 200, 1);
        rig.writeBack();
        assertThat(rig.remote().zpages()).isEqualTo(200);
        assertThat(rig.file().zpages()).isZero();
        rig.assertPages(0, 200, 1);

        replica.hang();
        rig.put(200, 50, 1);
        rig.writeBack();
        assertThat(rig.remote().zpages()).as("nobody acknowledged").isEqualTo(200);
        assertThat(rig.file().zpages()).isEqualTo(50);
        replica.goOn();

        server.kill();
        server.restart();
        byte[] got = new byte[SmallStore.PAGE_BYTES];
        await("the server to answer", () -> isLost(rig, got));
        assertThatThrownBy(() -> rig.small.store().get(rig.pool, 1, 7, got, 0))
            .isInstanceOf(CorruptPageException.class)
            .hasMessageContainingAll("page 7 of object 1", "tier remote", "key ps:test:");
        rig.assertPages(200, 50, 1);
        rig.small.store().flushRange(rig.pool, 1, 0, 200);
        rig.put(0, 200, 2);
        rig.assertPages(0, 200, 2);
        assertThat(rig.small.check()).isEqualTo(250);
      }
    } finally {
      if (replica != null) {
        replica.close();
      }
    }
  }

  private static boolean isLost(RemoteRig rig, byte[] got) {
    try {
      return rig.small.store().get(rig.pool, 1, 7, got, 0);
    } catch (TierFailureException e) {
      return false;
    } catch (CorruptPageException e) {
      return true;
    }
  }

  // Safety by replicas, and the only replica goes: an idle store takes its pages home, and uses the
  // server again when it has a replica again.
  @Test
  void pagesWithoutMirrorComeHomeWhenNoReplicaIsLeft() throws Exception {
    Pair pair = startPair();
    try (RemoteRig rig = RemoteRig.open(directory, pair.settings)) {
      rig.put(0, 2000, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(2000);
      assertThat(rig.file().zpages()).isZero();
      pair.replica.kill();
      await("the first pages to come home", () -> rig.remote().zpages() < 2000);
      assertThat(rig.remote().state()).isEqualTo(TierState.READ_ONLY);
      await("pages to come home", () -> rig.remote().zpages() == 0);
      assertThat(rig.file().zpages()).isEqualTo(2000);
      rig.assertPages(0, 2000, 1);
      assertThat(rig.file().reads()).isEqualTo(2000);

      pair.replica.restart();
      pair.replica.awaitLink();
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      rig.put(3000, 300, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(300);
      rig.assertPages(3000, 300, 1);
      assertThat(rig.small.check()).isEqualTo(2300);
    } finally {
      pair.replica.close();
    }
  }

  /** The server with a replica. */
  private record Pair(LocalServer replica, RemoteSettings settings) {}

  private Pair startPair() throws IOException {
    RemoteSettings settings = start(FAST_SYNC).withReplicas(1).withTimeouts(MEDIUM, MEDIUM);
    LocalServer replica = TestServers.open("--replicaof 127.0.0.1 " + server.port());
    replica.awaitLink();
    return new Pair(replica, settings);
  }

  // Safety by replicas: eviction into the file tier fetches the bytes.
  @Test
  void pagesWithoutMirrorAreEvictedByTheirBytes() throws Exception {
    LocalServer replica = null;
    try {
      RemoteSettings settings = start(FAST_SYNC).withReplicas(1);
      replica = TestServers.open("--replicaof 127.0.0.1 " + server.port());
      replica.awaitLink();
      try (RemoteRig rig = RemoteRig.open(directory, settings)) {
        rig.put(0, 300, 1);
        rig.writeBack();
        assertThat(rig.remote().zpages()).isEqualTo(300);
        rig.small.store().writeBack(new WritebackRequest(1, Long.MAX_VALUE, Duration.ZERO));
        assertThat(rig.remote().zpages()).isZero();
        assertThat(rig.file().zpages()).isEqualTo(300);
        rig.assertPages(0, 300, 1);
        assertThat(rig.small.check()).isEqualTo(300);
      }
    } finally {
      if (replica != null) {
        replica.close();
      }
    }
  }

  @Test
  void aWrongPasswordIsToldAtTheStart() throws Exception {
    RemoteSettings settings = start("--requirepass right");
    assertThatThrownBy(() -> RemoteRig.open(directory, settings).close())
        .isNotInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("NOAUTH");
  }

  // Two stores by mistake in one namespace: the second waits with storing until the first is gone.
  @Test
  void aNamespaceInUseIsLeftAlone(@TempDir Path second) throws Exception {
    RemoteSettings settings = start();
    RemoteRig first = RemoteRig.open(directory, settings);
    SmallStore other = SmallStore.options().remote(settings).open(second);
    assertThat(other.store().stats().tiers().get(1).state()).isEqualTo(TierState.READ_ONLY);
    first.small.close();
    await(
        "the namespace to be free",
        () -> other.store().stats().tiers().get(1).state() == TierState.OPEN);
    other.close();
  }
}
