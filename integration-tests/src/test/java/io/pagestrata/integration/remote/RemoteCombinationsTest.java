// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.ModelHost;
import io.pagestrata.integration.support.Relay;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A remote tier together with everything else that a store may be told to do. */
@Timeout(120)
class RemoteCombinationsTest {
  private static final Duration WAIT = Duration.ofSeconds(3);

  private final byte[] got = new byte[SmallStore.PAGE_BYTES];
  private LocalServer server;

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    server = TestServers.open("--repl-diskless-sync-delay 0");
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private static SmallStore.Options options(RemoteSettings settings) {
    return SmallStore.options().ramBytes(8 << 20).remote(settings).promotion(Promotion.NEVER);
  }

  private static void put(PageStore store, Pool pool, int first, int count, int version) {
    for (int i = first; i < first + count; i++) {
      assertThat(store.put(pool, 1, i, RemoteRig.page(i, version), 0)).isEqualTo(PutOutcome.STORED);
    }
  }

  private void assertPages(PageStore store, Pool pool, int first, int count, int version) {
    for (int i = first; i < first + count; i++) {
      assertThat(store.get(pool, 1, i, got, 0)).as("page %d is there", i).isTrue();
      assertThat(got).as("page %d", i).isEqualTo(RemoteRig.page(i, version));
    }
  }

  private static TierStats remote(SmallStore small) {
    return small.store().stats().tiers().get(1);
  }

  private static TierStats file(SmallStore small) {
    return small.store().stats().tiers().get(2);
  }

  /** What a kill leaves of a store that goes on. */
  private Path copyOf(Path files) throws IOException {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  /** Puts, writes back, syncs, dies, and opens again: with the dead one's keys on the server. */
  private void crashAndReopen(RemoteSettings first, RemoteSettings second, Relay network)
      throws Exception {
    Path files = Files.createDirectory(directory.resolve("files"));
    SmallStore dying = options(first).durable().open(files);
    Pool pool = dying.store().createPool("swap", PoolKind.PERSISTENT);
    put(dying.store(), pool, 0, 1000, 1);
    dying.store().writeBack(WritebackRequest.everything());
    assertThat(remote(dying).zpages()).isEqualTo(1000);
    put(dying.store(), pool, 900, 300, 2);
    dying.store().flushRange(pool, 1, 0, 100);
    dying.store().sync();
    assertPages(dying.store(), pool, 100, 800, 1);
    assertPages(dying.store(), pool, 900, 300, 2);
    assertThat(dying.check()).isEqualTo(1100);
    assertThat(remote(dying).zpages()).as("still there after the sync").isEqualTo(800);
    Path copy = copyOf(files);
    await("removals", () -> server.keys() == 801);
    network.close();
    dying.close();
    assertThat(server.keys()).as("keys of the dead").isEqualTo(801);
    server.ask("DEL ps:test:owner");

    try (SmallStore small = options(second).durable().open(copy)) {
      Pool again = small.store().pool("swap").orElseThrow();
      assertThat(remote(small).zpages()).as("zpages of the dead that are trusted").isZero();
      assertPages(small.store(), again, 100, 800, 1);
      assertPages(small.store(), again, 900, 300, 2);
      assertThat(small.store().get(again, 1, 50, got, 0)).isFalse();
      await("the tier to open", () -> remote(small).state() == TierState.OPEN);
      put(small.store(), again, 2000, 300, 3);
      small.store().writeBack(WritebackRequest.everything());
      assertThat(remote(small).zpages()).isEqualTo(300);
      assertPages(small.store(), again, 2000, 300, 3);
      assertThat(small.check()).isEqualTo(1400);
    }
    try (SmallStore small = options(second).durable().open(copy)) {
      Pool again = small.store().pool("swap").orElseThrow();
      assertThat(small.store().stats().pages()).isEqualTo(1400);
      assertPages(small.store(), again, 900, 300, 2);
      assertPages(small.store(), again, 2000, 300, 3);
    }
  }

  @Test
  void aDurableStoreWithAMirrorSurvives() throws Exception {
    try (Relay network = Relay.open(server.port())) {
      String uri = "redis://127.0.0.1:" + network.port();
      crashAndReopen(
          RemoteRig.settings(uri).withTimeouts(WAIT, WAIT),
          RemoteRig.settings(server.uri()),
          network);
    }
  }

  @Test
  void aDurableStoreWithReplicasSurvivesAndItsPagesStayThere() throws Exception {
    try (LocalServer replica = TestServers.open("--replicaof 127.0.0.1 " + server.port());
        Relay network = Relay.open(server.port())) {
      replica.awaitLink();
      String uri = "redis://127.0.0.1:" + network.port();
      crashAndReopen(
          RemoteRig.settings(uri).withReplicas(1).withTimeouts(WAIT, WAIT),
          RemoteRig.settings(server.uri()).withReplicas(1),
          network);
    }
  }

  @Test
  void ephemeralPagesAreDroppedOrGoThereLikeOthers() throws Exception {
    for (EphemeralPages rule : EphemeralPages.values()) {
      StorePolicies policies = new StorePolicies(rule, IncompressiblePages.KEEP, List.of());
      Path files = Files.createDirectory(directory.resolve(rule.name()));
      try (SmallStore small =
          options(RemoteRig.settings(server.uri())).policies(policies).open(files)) {
        Pool cache = small.store().createPool("cache", PoolKind.EPHEMERAL);
        Pool swap = small.store().createPool("swap", PoolKind.PERSISTENT);
        put(small.store(), cache, 0, 500, 1);
        put(small.store(), swap, 0, 500, 2);
        small.store().writeBack(WritebackRequest.everything());
        boolean written = rule == EphemeralPages.WRITE_BACK;
        assertThat(remote(small).zpages()).isEqualTo(written ? 1000 : 500);
        assertThat(small.store().get(cache, 1, 7, got, 0)).isEqualTo(written);
        assertPages(small.store(), swap, 0, 500, 2);
        server.kill();
        server.restart();
        await("suspect pages to leave", () -> remote(small).zpages() == 0);
        assertPages(small.store(), swap, 0, 500, 2);
        if (written) {
          assertPages(small.store(), cache, 0, 500, 1);
        }
        assertThat(small.check()).isEqualTo(written ? 1000 : 500);
      }
    }
  }

  // What is lost of a cache is absent; what is lost of a swap is told.
  @Test
  void withReplicasLostEphemeralPagesAreAbsent() throws Exception {
    StorePolicies policies =
        new StorePolicies(EphemeralPages.WRITE_BACK, IncompressiblePages.KEEP, List.of());
    RemoteSettings settings =
        RemoteRig.settings(server.uri()).withReplicas(1).withTimeouts(WAIT, WAIT);
    try (LocalServer replica = TestServers.open("--replicaof 127.0.0.1 " + server.port())) {
      replica.awaitLink();
      try (SmallStore small = options(settings).policies(policies).open(directory)) {
        Pool cache = small.store().createPool("cache", PoolKind.EPHEMERAL);
        Pool swap = small.store().createPool("swap", PoolKind.PERSISTENT);
        put(small.store(), cache, 0, 300, 1);
        put(small.store(), swap, 0, 300, 2);
        small.store().writeBack(WritebackRequest.everything());
        assertThat(remote(small).zpages()).isEqualTo(600);
        assertThat(file(small).zpages()).isZero();
        assertPages(small.store(), cache, 0, 300, 1);
        assertPages(small.store(), swap, 0, 300, 2);

        server.kill();
        server.restart();
        await("the server to answer", () -> isAbsent(small.store(), cache, 0));
        for (int i = 0; i < 300; i++) {
          assertThat(small.store().get(cache, 1, i, got, 0)).isFalse();
        }
        assertThatThrownBy(() -> small.store().get(swap, 1, 7, got, 0))
            .isInstanceOf(CorruptPageException.class);
        small.store().flushRange(swap, 1, 0, 300);
        put(small.store(), cache, 0, 200, 3);
        put(small.store(), swap, 0, 200, 3);
        assertPages(small.store(), cache, 0, 200, 3);
        assertPages(small.store(), swap, 0, 200, 3);
        assertThat(small.check()).isEqualTo(400);
      }
    }
  }

  private boolean isAbsent(PageStore store, Pool pool, int index) {
    try {
      return !store.get(pool, 1, index, got, 0);
    } catch (TierFailureException e) {
      return false;
    }
  }

  // Nothing below the servers: while they are away what is in RAM stays there, and puts that find
  // no room are refused in time.
  @Test
  void withoutAFileTierPagesStayInRamWhileServersAreAway() throws Exception {
    try (LocalServer replica = TestServers.open("--replicaof 127.0.0.1 " + server.port())) {
      replica.awaitLink();
      try (PageStore store =
          Pagestrata.builder()
              .putWait(Duration.ofMillis(200))
              .ram(ram -> ram.maxSize("16MiB").preTouch(false))
              .remote(
                  remote ->
                      remote.servers(server.uri()).maxSize("64MiB").timeout(WAIT).safeByReplicas(1))
              .writeback(writeback -> writeback.promotion(PromotionMode.NEVER))
              .open()) {
        Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
        put(store, pool, 0, 1000, 1);
        store.writeBack(WritebackRequest.everything());
        assertThat(store.stats().tiers().get(1).zpages()).isEqualTo(1000);
        assertPages(store, pool, 0, 1000, 1);
        replica.kill();
        await("no replica", () -> store.stats().tiers().get(1).state() == TierState.READ_ONLY);
        int next = 1000;
        while (store.put(pool, 1, next, RemoteRig.page(next, 1), 0).isStored()) {
          next++;
        }
        assertThat(next).isBetween(2000, 20_000);
        assertPages(store, pool, 0, next, 1);
        replica.restart();
        replica.awaitLink();
        await("room", () -> store.put(pool, 1, 50_000, RemoteRig.page(50_000, 1), 0).isStored());
        assertPages(store, pool, 0, next, 1);
        assertPages(store, pool, 50_000, 1, 1);
      }
    }
  }

  // The mirror would be on disk, so the pages of such a tenant may not go to the servers either.
  @Test
  void aTenantThatMayNotUseDiskStaysInRam() throws Exception {
    TenantLimits noDisk =
        new TenantLimits(
            "no-disk", 1, TenantLimits.NO_LIMIT, TenantLimits.NO_LIMIT, 1, WriteBudget.UNLIMITED);
    StorePolicies policies =
        new StorePolicies(EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(noDisk));
    try (SmallStore small =
        options(RemoteRig.settings(server.uri())).policies(policies).open(directory)) {
      Pool own =
          small.store().createPool(PoolSpec.of("own", PoolKind.PERSISTENT).ownedBy("no-disk"));
      Pool other = small.store().createPool("other", PoolKind.PERSISTENT);
      put(small.store(), own, 0, 500, 1);
      put(small.store(), other, 0, 500, 2);
      small.store().writeBack(WritebackRequest.everything());
      assertThat(remote(small).zpages()).isEqualTo(500);
      assertThat(file(small).zpages()).isEqualTo(500);
      assertPages(small.store(), own, 0, 500, 1);
      assertThat(remote(small).reads()).isZero();
      assertPages(small.store(), other, 0, 500, 2);
      assertThat(small.check()).isEqualTo(1000);
    }
  }

  // Memory for stubs runs out: batches are refused, what was stored is there, and what is freed is
  // used again.
  @Test
  void withoutMemoryForStubsBatchesAreRefused() throws Exception {
    int groupsOfAChunk = 64;
    try (RemoteTier tier =
        new RemoteTier(
            RemoteRig.settings(server.uri()), new MemoryBudget(300 << 10), System::nanoTime)) {
      tier.attach(new ModelHost());
      for (int group = 0; group < groupsOfAChunk; group++) {
        assertThat(tier.store(batch(group))).isEqualTo(TierOutcome.STORED);
      }
      ZpageBatch refused = batch(groupsOfAChunk);
      assertThat(tier.store(refused)).isEqualTo(TierOutcome.FULL);
      assertThat(tier.stats().zpages()).isEqualTo(64L * groupsOfAChunk);
      assertThat(tier.stats().refusals()).isEqualTo(1);
      long region = tier.reclaim((m, o, bytes, locator, b) -> tier.free(locator), Long.MAX_VALUE);
      tier.settle(region);
      await("a group to be recycled", () -> tier.maintain() >= 0 && server.keys() == 63 * 64 + 1);
      assertThat(tier.store(refused)).isEqualTo(TierOutcome.STORED);
      assertThat(tier.stats().zpages()).isEqualTo(64L * groupsOfAChunk);
    }
    assertThat(server.keys()).isZero();
  }

  private static ZpageBatch batch(int group) {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(64 << 10), Zpages.PAGE_BYTES);
    for (int i = 64 * group; i < 64 * (group + 1); i++) {
      ByteBuffer zpage = Zpages.make(0, i, i + 1, 200);
      assertThat(batch.add(zpage, 0, zpage.capacity(), 0)).isTrue();
    }
    return batch;
  }
}
