// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.ModelHost;
import io.pagestrata.integration.support.Relay;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.tiers.remote.RemoteUri;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Writes that were given up and are carried out all the same, after their connection was lost and
 * after the removal that was sent behind them on the next one.
 */
@Timeout(60)
class RemoteGhostsTest {
  private static final int ZPAGES = 64;
  private static final long BUDGET_BYTES = 64 << 20;
  private static final long TIER_BYTES = 4 << 20;
  private static final Duration WAIT = Duration.ofMillis(300);

  private final AtomicLong shiftNanos = new AtomicLong();

  private RemoteTier open(Relay relay) throws Exception {
    RemoteTier tier =
        new RemoteTier(
            RemoteSettings.of(
                    RemoteSettings.Access.to(new RemoteUri("127.0.0.1", relay.port(), false)),
                    "test",
                    TIER_BYTES,
                    Zpages.PAGE_BYTES)
                .withTimeouts(WAIT, WAIT),
            new MemoryBudget(BUDGET_BYTES),
            () -> System.nanoTime() + shiftNanos.get());
    tier.attach(new ModelHost());
    return tier;
  }

  private static ZpageBatch batch(int first) {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(256 << 10), Zpages.PAGE_BYTES);
    for (int i = first; i < first + ZPAGES; i++) {
      ByteBuffer zpage = Zpages.make(0, i, i + 1, 1000);
      assertThat(batch.add(zpage, 0, zpage.capacity(), 0)).isTrue();
    }
    return batch;
  }

  private static void await(String what, RemoteTier tier, BooleanSupplier condition) {
    RemoteRig.await(
        what,
        () -> {
          tier.maintain();
          return condition.getAsBoolean();
        });
  }

  @Test
  void aWriteThatComesAfterItsRemovalIsRemovedOnceMore() throws Exception {
    try (LocalServer server = TestServers.open();
        Relay relay = Relay.open(server.port());
        RemoteTier tier = open(relay)) {
      await("the tier to open", tier, () -> tier.stats().state() == TierState.OPEN);
      assertThat(tier.store(batch(0))).isEqualTo(TierOutcome.STORED);
      assertThat(server.keys()).isEqualTo(ZPAGES + 1);

      relay.keep();
      assertThat(tier.store(batch(ZPAGES))).isNotEqualTo(TierOutcome.STORED);
      relay.cut();
      await(
          "the removal on the next connection",
          tier,
          () -> server.askAll("INFO commandstats").contains("cmdstat_unlink"));
      assertThat(server.keys()).isEqualTo(ZPAGES + 1);

      relay.deliver();
      await("the ghosts", tier, () -> server.keys() == 2 * ZPAGES + 1);
      await("the tier to open", tier, () -> tier.stats().state() == TierState.OPEN);
      shiftNanos.addAndGet(Duration.ofSeconds(20).toNanos());
      await("the ghosts to go", tier, () -> server.keys() == ZPAGES + 1);
      assertThat(tier.stats().zpages()).isEqualTo(ZPAGES);
    }
  }

  // What is freed right after a server is back is not kept in the books until nothing can come.
  @Test
  void whatIsDoubtedDoesNotFillTheTier() throws Exception {
    try (LocalServer server = TestServers.open();
        Relay relay = Relay.open(server.port());
        RemoteTier tier = open(relay)) {
      await("the tier to open", tier, () -> tier.stats().state() == TierState.OPEN);
      int batches = 0;
      ZpageBatch last = batch(0);
      while (tier.store(last) == TierOutcome.STORED) {
        batches++;
        last = batch(batches * ZPAGES);
      }
      assertThat(tier.stats().state()).isEqualTo(TierState.FULL);
      relay.cut();
      while (tier.stats().zpages() > 0) {
        long group = tier.reclaim((m, o, bytes, locator, b) -> tier.free(locator), Long.MAX_VALUE);
        if (group >= 0) {
          tier.settle(group);
        }
        tier.maintain();
      }
      await("all to be removed", tier, () -> server.keys() <= 1);
      await("the tier to open", tier, () -> tier.stats().state() == TierState.OPEN);
      for (int i = 0; i < batches; i++) {
        assertThat(tier.store(batch(i * ZPAGES))).isEqualTo(TierOutcome.STORED);
      }
      assertThat(server.keys()).isEqualTo((long) batches * ZPAGES + 1);
    }
  }
}
