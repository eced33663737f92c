// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.Relay;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteTier;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Writes that were given up and are carried out all the same, after their connection was lost and
 * after the removal that was sent behind them on the next one.
 */
@Timeout(60)
class RemoteGhostsTest {
  @Test
  void aWriteThatComesAfterItsRemovalIsRemovedOnceMore() throws Exception {
    try (LocalServer server = TestServers.open();
        Relay relay = Relay.open(server.port());
        ShiftedTier shifted = ShiftedTier.open(relay.port())) {
      RemoteTier tier = shifted.tier;
      assertThat(tier.store(ShiftedTier.batch(0))).isEqualTo(TierOutcome.STORED);
      assertThat(server.keys()).isEqualTo(ShiftedTier.ZPAGES + 1);

      relay.keep();
      assertThat(tier.store(ShiftedTier.batch(ShiftedTier.ZPAGES)))
          .isNotEqualTo(TierOutcome.STORED);
      relay.cut();
      shifted.await(
          "the removal on the next connection",
          () -> server.askAll("INFO commandstats").contains("cmdstat_unlink"));
      assertThat(server.keys()).isEqualTo(ShiftedTier.ZPAGES + 1);

      relay.deliver();
      shifted.await("the ghosts", () -> server.keys() == 2 * ShiftedTier.ZPAGES + 1);
      shifted.awaitState(TierState.OPEN);
      shifted.putForward(Duration.ofSeconds(20));
      shifted.await("the ghosts to go", () -> server.keys() == ShiftedTier.ZPAGES + 1);
      assertThat(tier.stats().zpages()).isEqualTo(ShiftedTier.ZPAGES);
    }
  }

  // What is freed right after a server is back is not kept in the books until nothing can come.
  @Test
  void whatIsDoubtedDoesNotFillTheTier() throws Exception {
    try (LocalServer server = TestServers.open();
        Relay relay = Relay.open(server.port());
        ShiftedTier shifted = ShiftedTier.open(relay.port())) {
      RemoteTier tier = shifted.tier;
      int batches = 0;
      ZpageBatch last = ShiftedTier.batch(0);
      while (tier.store(last) == TierOutcome.STORED) {
        batches++;
        last = ShiftedTier.batch(batches * ShiftedTier.ZPAGES);
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
      shifted.await("all to be removed", () -> server.keys() <= 1);
      shifted.awaitState(TierState.OPEN);
      for (int i = 0; i < batches; i++) {
        assertThat(tier.store(ShiftedTier.batch(i * ShiftedTier.ZPAGES)))
            .isEqualTo(TierOutcome.STORED);
      }
      assertThat(server.keys()).isEqualTo((long) batches * ShiftedTier.ZPAGES + 1);
    }
  }
}
