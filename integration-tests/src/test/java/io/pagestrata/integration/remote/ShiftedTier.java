// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.integration.support.ModelHost;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A remote tier alone, with upkeep by hand and a clock that can be put forward. */
final class ShiftedTier implements AutoCloseable {
  /** Zpages of a batch, which fill one group. */
  static final int ZPAGES = 64;

  static final Duration WAIT = Duration.ofMillis(300);
  private static final long BUDGET_BYTES = 64 << 20;
  private static final long TIER_BYTES = 4 << 20;

  final RemoteTier tier;
  private final AtomicLong shiftNanos = new AtomicLong();

  private ShiftedTier(int port, TierHost host, UnaryOperator<RemoteSettings> more)
      throws IOException {
    RemoteSettings settings =
        RemoteSettings.of(
                RemoteSettings.Access.to(new RemoteUri("127.0.0.1", port, false)),
                "test",
                TIER_BYTES,
                Zpages.PAGE_BYTES)
            .withTimeouts(WAIT, WAIT);
    tier =
        new RemoteTier(
            more.apply(settings),
            new MemoryBudget(BUDGET_BYTES),
            () -> System.nanoTime() + shiftNanos.get());
    tier.attach(host);
  }

  static ShiftedTier open(int port) throws IOException {
    return open(port, new ModelHost(), UnaryOperator.identity());
  }

  /** A tier that is open on a server, or on the cluster of one. */
  static ShiftedTier open(int port, TierHost host, UnaryOperator<RemoteSettings> more)
      throws IOException {
    ShiftedTier shifted = new ShiftedTier(port, host, more);
    shifted.awaitState(TierState.OPEN);
    return shifted;
  }

  static ZpageBatch batch(int first) {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(256 << 10), Zpages.PAGE_BYTES);
    for (int i = first; i < first + ZPAGES; i++) {
      ByteBuffer zpage = Zpages.make(0, i, i + 1, 1000);
      assertThat(batch.add(zpage, 0, zpage.capacity(), 0)).isTrue();
    }
    return batch;
  }

  /** Stores batches of different zpages, all of which the servers take. */
  void storeBatches(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      assertThat(tier.store(batch(i * ZPAGES))).isEqualTo(TierOutcome.STORED);
    }
  }

  void putForward(Duration by) {
    shiftNanos.addAndGet(by.toNanos());
  }

  void awaitState(TierState state) {
    await("the tier to be " + state, () -> tier.stats().state() == state);
  }

  void await(String what, BooleanSupplier condition) {
    RemoteRig.await(
        what,
        () -> {
          tier.maintain();
          return condition.getAsBoolean();
        });
  }

  @Override
  public void close() {
    tier.close();
  }
}
