// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.tiers.remote.RemoteUri;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * A small store with a remote tier and pages of known content: page {@code i} begins with its
 * number and version and goes on with bytes that only they decide. Pages do not come up again, so
 * that what is remote stays so.
 */
final class RemoteRig implements AutoCloseable {
  /** Long enough for a busy machine, short enough for a test that waits for it. */
  static final Duration PATIENT = Duration.ofSeconds(20);

  private static final long MOST_WAIT_NANOS = Duration.ofSeconds(60).toNanos();
  private static final long REMOTE_BYTES = 32 << 20;

  final SmallStore small;
  final Pool pool;

  private RemoteRig(SmallStore small) {
    this.small = small;
    pool = small.store().createPool("swap", PoolKind.PERSISTENT);
  }

  static RemoteSettings settings(String server) {
    RemoteSettings.Access access = RemoteSettings.Access.to(RemoteUri.parse(server));
    return RemoteSettings.of(access, "test", REMOTE_BYTES, SmallStore.PAGE_BYTES)
        .withTimeouts(PATIENT, PATIENT);
  }

  /** A rig on a store that somebody else opened, and closes. */
  static RemoteRig of(SmallStore small) {
    return new RemoteRig(small);
  }

  static RemoteRig open(Path directory, RemoteSettings settings) {
    return open(directory, settings, UnaryOperator.identity());
  }

  static RemoteRig open(
      Path directory, RemoteSettings settings, UnaryOperator<SmallStore.Options> more) {
    SmallStore.Options options =
        SmallStore.options().ramBytes(8 << 20).remote(settings).promotion(Promotion.NEVER);
    return new RemoteRig(more.apply(options).open(directory));
  }

  /**
   * Why servers must not be used. The store does not open then, and says so; but where the machine
   * was too busy for their answer it does, and says so in the log when the answer comes.
   */
  static String refusal(Path directory, RemoteSettings settings) throws InterruptedException {
    try (LogLines log = new LogLines(RemoteTier.class.getName());
        RemoteRig rig = open(directory, settings)) {
      assertThat(rig.remote().state()).isEqualTo(TierState.READ_ONLY);
      String line = log.next();
      while (!line.startsWith("ERROR")) {
        line = log.next();
      }
      return line;
    } catch (UncheckedIOException e) {
      return e.getMessage();
    }
  }

  static byte[] page(int index, int version) {
    byte[] page = new byte[SmallStore.PAGE_BYTES];
    Random random = new Random(31L * index + version);
    byte[] noise = new byte[1300];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, page, 16, noise.length);
    page[0] = (byte) index;
    page[1] = (byte) (index >> 8);
    page[2] = (byte) version;
    return page;
  }

  void put(int first, int count, int version) {
    for (int i = first; i < first + count; i++) {
      assertThat(small.store().put(pool, 1, i, page(i, version), 0)).isEqualTo(PutOutcome.STORED);
    }
  }

  /** Sends everything down from RAM. */
  void writeBack() throws InterruptedException {
    small.store().writeBack(WritebackRequest.everything());
  }

  void assertPages(int first, int count, int version) {
    byte[] got = new byte[SmallStore.PAGE_BYTES];
    for (int i = first; i < first + count; i++) {
      assertThat(small.store().get(pool, 1, i, got, 0)).as("page %d is there", i).isTrue();
      assertThat(Arrays.equals(got, page(i, version))).as("page %d is itself", i).isTrue();
    }
  }

  TierStats remote() {
    return small.store().stats().tiers().get(1);
  }

  TierStats file() {
    return small.store().stats().tiers().get(2);
  }

  /** Looks again and again, for what background threads bring about. */
  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start)
          .as("nanoseconds until %s", what)
          .isLessThan(MOST_WAIT_NANOS);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    small.close();
    small.assertNothingIsLeft();
  }
}
