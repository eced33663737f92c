// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.redis.LocalCluster;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real cluster of three masters with a replica each: all shards are used, one of them fails. */
@Timeout(120)
class RemoteClusterTest {
  private static final int FIRST_NEW = 10_000;
  private static final long GIVEN_UP_NANOS = 6_000_000_000L;

  private LocalCluster cluster;
  private RemoteSettings settings;

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    cluster = TestServers.openCluster();
    settings = RemoteRig.settings(cluster.master(0).uri());
  }

  @AfterEach
  void end() throws IOException {
    cluster.close();
  }

  // A master dies. Its pages come from their mirrors, the other shards go on; once its replica is
  // master, pages go there again.
  @Test
  void allShardsAreUsedAndOneMayFail() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, 3000, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(3000);
      for (int i = 0; i < 3; i++) {
        assertThat(cluster.keys(i)).as("keys of shard %d", i).isPositive();
      }
      rig.assertPages(0, 3000, 1);
      long reads = rig.file().reads();
      assertThat(reads).isZero();

      cluster.master(1).kill();
      rig.assertPages(0, 3000, 1);
      rig.put(3000, 500, 1);
      rig.writeBack();
      assertThat(rig.remote().state()).isEqualTo(TierState.OPEN);
      rig.assertPages(3000, 500, 1);

      await(
          "the replica to be master",
          () -> cluster.replica(1).askAll("INFO replication").contains("role:master"));
      long before = cluster.replica(1).keys();
      int end = putUntil(rig, "the new master is used", () -> cluster.replica(1).keys() > before);
      rig.assertPages(0, 3500, 1);
      rig.assertPages(FIRST_NEW, end - FIRST_NEW, 1);
      assertThat(rig.small.check()).isEqualTo(3500 + end - FIRST_NEW);
    }
  }

  /** Puts pages from FIRST_NEW on, and writes them back, until it holds; returns their end. */
  private static int putUntil(RemoteRig rig, String what, BooleanSupplier holds) {
    int[] end = {FIRST_NEW};
    await(
        what,
        () -> {
          rig.put(end[0], 200, 1);
          end[0] += 200;
          writeBack(rig);
          return holds.getAsBoolean();
        });
    return end[0];
  }

  private static void writeBack(RemoteRig rig) {
    try {
      rig.writeBack();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // A replica takes over in good order, and the old master says MOVED from then on: pages go to the
  // new one, and none is wrong or missing meanwhile.
  @Test
  void aReplicaThatTakesOverInOrderIsUsed() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, 2000, 1);
      rig.writeBack();
      long there = cluster.keys(1);
      letReplicaTakeOver(1);
      rig.assertPages(0, 2000, 1);
      int end = putUntil(rig, "the new master is used", () -> cluster.replica(1).keys() > there);
      rig.assertPages(0, 2000, 1);
      assertThat(rig.small.check()).isEqualTo(2000 + end - FIRST_NEW);
    }
  }

  /**
   * One that loses its election is given up by the server after five seconds, so it is told again.
   */
  private void letReplicaTakeOver(int shard) {
    long[] toldNanos = {System.nanoTime() - GIVEN_UP_NANOS};
    await(
        "the replica to be master",
        () -> {
          if (System.nanoTime() - toldNanos[0] >= GIVEN_UP_NANOS) {
            cluster.replica(shard).ask("CLUSTER FAILOVER");
            toldNanos[0] = System.nanoTime();
          }
          return cluster.replica(shard).askAll("INFO replication").contains("role:master");
        });
  }

  // Servers that are told to say CLUSTERDOWN while a shard is missing do so to every command.
  @Test
  void aClusterThatIsDownAsAWholeIsDoneWithout() throws Exception {
    cluster.master(0).ask("CONFIG SET cluster-require-full-coverage yes");
    cluster.master(2).ask("CONFIG SET cluster-require-full-coverage yes");
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, 2000, 1);
      rig.writeBack();
      cluster.replica(1).kill();
      cluster.master(1).kill();
      await(
          "the cluster to be down",
          () -> cluster.master(0).ask("GET {123456789}").startsWith("-CLUSTERDOWN"));
      rig.put(2000, 500, 1);
      rig.writeBack();
      rig.assertPages(0, 2500, 1);
      cluster.master(0).ask("CONFIG SET cluster-require-full-coverage no");
      cluster.master(2).ask("CONFIG SET cluster-require-full-coverage no");
      await("the tier to open", () -> rig.remote().state() == TierState.OPEN);
      long before = cluster.keys(0, 2);
      int end = putUntil(rig, "the other shards are used", () -> cluster.keys(0, 2) > before);
      rig.assertPages(0, 2500, 1);
      rig.assertPages(FIRST_NEW, end - FIRST_NEW, 1);
    }
  }

  // A replica that has nothing of what its master acknowledged becomes master: nobody reads, yet
  // the pages of that shard, and no others, rest in their mirrors.
  @Test
  void whatAReplicaLacksWhenItBecomesMasterComesFromMirrors() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, 3000, 1);
      rig.writeBack();
      long others = cluster.keys(0, 2);
      cluster.replica(1).ask("CONFIG SET replica-read-only no");
      cluster.replica(1).ask("FLUSHALL");
      cluster.master(1).kill();
      await("missing pages to rest below", () -> rig.remote().zpages() <= others);
      assertThat(rig.remote().reads()).isZero();
      assertThat(rig.remote().zpages()).isGreaterThanOrEqualTo(others - 1);
      rig.assertPages(0, 3000, 1);
      assertThat(rig.small.check()).isEqualTo(3000);
    }
  }

  // A shard is gone for good: its pages come from their mirrors, the other shards take new ones.
  @Test
  void aShardWithoutMasterAndReplicaIsDoneWithout() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, 3000, 1);
      rig.writeBack();
      cluster.replica(2).kill();
      cluster.master(2).kill();
      rig.assertPages(0, 3000, 1);
      rig.put(3000, 1000, 1);
      rig.writeBack();
      assertThat(rig.remote().state()).isEqualTo(TierState.OPEN);
      long before = cluster.keys(0, 1);
      rig.put(4000, 500, 1);
      rig.writeBack();
      assertThat(cluster.keys(0, 1)).isEqualTo(before + 500);
      // The oracle would wait until the pages of the dead shard have gone home.
      rig.assertPages(0, 4500, 1);
    }
  }

  // Without mirrors: what a batch's replica has not acknowledged is not kept there. Then the master
  // dies, and its replica has every page.
  @Test
  void replicasHaveWhatTheyAcknowledged() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, settings.withReplicas(1))) {
      rig.put(0, 2000, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(2000);
      assertThat(rig.file().zpages()).isZero();
      cluster.master(2).kill();
      await(
          "the replica to be master",
          () -> cluster.replica(2).askAll("INFO replication").contains("role:master"));
      await("every page to be readable", () -> isReadable(rig));
      rig.assertPages(0, 2000, 1);
      assertThat(rig.small.check()).isEqualTo(2000);
    }
  }

  private static boolean isReadable(RemoteRig rig) {
    try {
      rig.assertPages(0, 2000, 1);
      return true;
    } catch (io.pagestrata.core.TierFailureException e) {
      return false;
    }
  }
}
