// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.daemon.redis.LocalCluster;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.ModelHost;
import io.pagestrata.integration.support.Relay;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteTier;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What servers and networks do to one remote tier, step by step. */
@Timeout(120)
class RemoteTierFaultsTest {
  /** A page table that takes every page home. */
  private static final class HomeHost implements TierHost {
    private RemoteTier tier;

    @Override
    public boolean isLive(ByteBuffer memory, int offset, long locator) {
      return true;
    }

    @Override
    public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
      return false;
    }

    @Override
    public boolean fallBackToMirror(ByteBuffer memory, int offset, long locator) {
      tier.free(locator);
      return true;
    }

    @Override
    public void underPressure() {
      // Nobody reclaims here.
    }

    @Override
    public void spaceFreed() {
      // Nobody waits here.
    }
  }

  // WAIT is sent again on the connection that follows, where it has no write to wait for and counts
  // the replicas that are there. Forbidden: a batch that passes for replicated by that.
  @Test
  void replicasAreNotBelievedOnAnotherConnection() throws Exception {
    try (LocalServer server = TestServers.open("--repl-diskless-sync-delay 0");
        LocalServer replica = TestServers.open("--replicaof 127.0.0.1 " + server.port());
        Relay relay = Relay.open(server.port())) {
      replica.awaitLink();
      Duration patient = RemoteRig.PATIENT;
      try (ShiftedTier shifted =
          ShiftedTier.open(
              relay.port(),
              new ModelHost(),
              settings -> settings.withReplicas(1).withTimeouts(patient, patient))) {
        replica.hang();
        CompletableFuture<TierOutcome> stored =
            CompletableFuture.supplyAsync(() -> shifted.tier.store(ShiftedTier.batch(0)));
        RemoteRig.await(
            "the write to wait for the replica",
            () -> server.askAll("INFO clients").contains("blocked_clients:1"));
        relay.cut();
        assertThat(stored.get()).isNotEqualTo(TierOutcome.STORED);
        replica.goOn();
      }
    }
  }

  // Forbidden: a read that waits behind a batch, which here waits for its replica.
  @Test
  void noReadWaitsBehindABatch() throws Exception {
    try (LocalServer server = TestServers.open("--repl-diskless-sync-delay 0");
        LocalServer replica = TestServers.open("--replicaof 127.0.0.1 " + server.port())) {
      replica.awaitLink();
      Duration patient = RemoteRig.PATIENT;
      try (ShiftedTier shifted =
          ShiftedTier.open(
              server.port(),
              new ModelHost(),
              settings -> settings.withReplicas(1).withTimeouts(patient, patient))) {
        ZpageBatch first = ShiftedTier.batch(0);
        assertThat(shifted.tier.store(first)).isEqualTo(TierOutcome.STORED);
        replica.hang();
        CompletableFuture<TierOutcome> stored =
            CompletableFuture.supplyAsync(
                () -> shifted.tier.store(ShiftedTier.batch(ShiftedTier.ZPAGES)));
        RemoteRig.await(
            "the write to wait for the replica",
            () -> server.askAll("INFO clients").contains("blocked_clients:1"));
        ByteBuffer scratch = ByteBuffer.allocateDirect(shifted.tier.scratchBytes());
        for (int i = 0; i < ShiftedTier.ZPAGES; i++) {
          long locator = first.toLocator(i);
          assertThat(shifted.tier.read(locator, scratch, (memory, offset, bytes) -> bytes))
              .isPositive();
        }
        assertThat(stored).isNotDone();
        replica.goOn();
        stored.get();
      }
    }
  }

  // Forbidden: a step that waits for each of its removals, so that upkeep stands still meanwhile.
  @Test
  void removalsFromAHungServerShareOneTimeout() throws Exception {
    try (LocalServer server = TestServers.open();
        ShiftedTier shifted = ShiftedTier.open(server.port())) {
      RemoteTier tier = shifted.tier;
      int batches = 30;
      shifted.storeBatches(batches);
      for (int i = 0; i < batches; i++) {
        long group =
            tier.reclaim((memory, offset, bytes, at, backing) -> tier.free(at), Long.MAX_VALUE);
        tier.settle(group);
      }
      assertThat(tier.stats().zpages()).isZero();
      server.hang();
      try {
        long begin = System.nanoTime();
        tier.maintain();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
            .isLessThan(ShiftedTier.WAIT.multipliedBy(batches / 3));
      } finally {
        server.goOn();
      }
      shifted.await("the zpages to go", () -> server.keys() == 1);
    }
  }

  // Forbidden: a breaker that opens at the first slow batch, because a batch is several commands.
  @Test
  void aBatchThatIsNotAnsweredIsOneTimeout() throws Exception {
    try (LocalServer server = TestServers.open();
        ShiftedTier shifted = ShiftedTier.open(server.port())) {
      RemoteTier tier = shifted.tier;
      server.hang();
      try {
        for (int timeouts = 1; timeouts <= 3; timeouts++) {
          assertThat(tier.store(ShiftedTier.batch(0))).isEqualTo(TierOutcome.READ_ONLY);
          assertThat(tier.stats().state())
              .isEqualTo(timeouts < 3 ? TierState.OPEN : TierState.READ_ONLY);
        }
      } finally {
        server.goOn();
      }
      shifted.await("nothing to be left of them", () -> server.keys() == 1);
    }
  }

  // A right that nobody renewed has expired on the server, and somebody else may have it.
  @Test
  void aNamespaceThatIsNotRenewedIsNotUsed() throws Exception {
    try (LocalServer server = TestServers.open();
        ShiftedTier shifted = ShiftedTier.open(server.port())) {
      shifted.putForward(Duration.ofSeconds(15));
      assertThat(shifted.tier.stats().state()).isEqualTo(TierState.READ_ONLY);
      assertThat(shifted.tier.store(ShiftedTier.batch(0))).isEqualTo(TierOutcome.READ_ONLY);
      shifted.awaitState(TierState.OPEN);
      assertThat(shifted.tier.store(ShiftedTier.batch(0))).isEqualTo(TierOutcome.STORED);
    }
  }

  // Without replica nobody serves its hash slots, and the cluster no longer names it a master.
  @Test
  void pagesOfADeadShardGoHome() throws Exception {
    HomeHost host = new HomeHost();
    try (LocalCluster cluster = TestServers.openCluster();
        ShiftedTier shifted =
            ShiftedTier.open(cluster.master(0).port(), host, UnaryOperator.identity())) {
      RemoteTier tier = shifted.tier;
      host.tier = tier;
      shifted.storeBatches(20);
      long onOthers = cluster.keys(0, 2) - 1;
      assertThat(onOthers).isLessThan(20 * ShiftedTier.ZPAGES);
      cluster.replica(1).kill();
      cluster.master(1).kill();
      shifted.await(
          "the cluster to give the master up",
          () -> cluster.master(0).askAll("CLUSTER NODES").contains("master,fail "));
      // Not while its breaker alone tells: one look at the cluster without the master must follow.
      shifted.putForward(Duration.ofSeconds(3));
      tier.maintain();
      shifted.putForward(Duration.ofSeconds(31));
      shifted.await("pages to go home", () -> tier.stats().zpages() <= onOthers + 1);
      assertThat(tier.stats().zpages()).isGreaterThanOrEqualTo(onOthers);
    }
  }

  // Somebody else's key expires, so all groups are checked, some at a step. Forbidden: bytes that
  // are
  // told as made free by that.
  @Test
  void checksThatFindNothingMakeNothingFree() throws Exception {
    try (LocalServer server = TestServers.open();
        ShiftedTier shifted = ShiftedTier.open(server.port())) {
      shifted.storeBatches(40);
      server.ask("SET other 1 PX 1");
      shifted.putForward(Duration.ofSeconds(3));
      Set<Long> answers = new HashSet<>();
      RemoteRig.await(
          "a check of many steps",
          () -> {
            answers.add(shifted.tier.maintain());
            return answers.size() > 1;
          });
      assertThat(answers).containsExactlyInAnyOrder(0L, Tier.UNFINISHED);
      assertThat(shifted.tier.stats().zpages()).isEqualTo(40 * ShiftedTier.ZPAGES);
    }
  }

  // Forbidden: pages whose keys are there, told as lost because another key of their group is not.
  @Test
  void onlyWhatIsMissingIsLost() throws Exception {
    try (LocalServer server = TestServers.open("--repl-diskless-sync-delay 0");
        LocalServer replica = TestServers.open("--replicaof 127.0.0.1 " + server.port())) {
      replica.awaitLink();
      Duration patient = RemoteRig.PATIENT;
      try (ShiftedTier shifted =
          ShiftedTier.open(
              server.port(),
              new ModelHost(),
              settings -> settings.withReplicas(1).withTimeouts(patient, patient))) {
        assertThat(shifted.tier.store(ShiftedTier.batch(0))).isEqualTo(TierOutcome.STORED);
        String keys = server.askAll("KEYS ps:test:*}*");
        String one = keys.lines().filter(line -> line.startsWith("ps:")).findFirst().orElseThrow();
        server.ask("PEXPIRE " + one + " 1");
        shifted.await("the loss to be told", () -> shifted.tier.stats().errors() > 0);
        assertThat(shifted.tier.stats().errors()).isEqualTo(1);
      }
    }
  }
}
