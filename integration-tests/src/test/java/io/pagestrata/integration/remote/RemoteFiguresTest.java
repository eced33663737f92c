// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.remote.RedisServer;
import io.pagestrata.tiers.remote.RemoteTier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Figures of the remote tier beside those of the bare client library, with the same values on the
 * same server in the same run. Printed for docs/benchmarks.md; checked is only that all comes back.
 */
@Tag("stress")
class RemoteFiguresTest {
  private static final int VALUES = 64;
  private static final int PAYLOAD_BYTES = 1368;
  private static final int WARM_UP = 3000;
  private static final int ROUNDS = 5;
  private static final int BATCHES = 1500;
  private static final long LIMIT_BYTES = 2L << 30;

  /** Does something a number of times and says how many nanoseconds each took. */
  @FunctionalInterface
  private interface Timed {
    void run(int i) throws Exception;
  }

  private static double[] nanos(int times, Timed timed) throws Exception {
    return nanos(times, timed, i -> {});
  }

  private static double[] nanos(int times, Timed timed, Timed notTimed) throws Exception {
    double[] all = new double[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      timed.run(i);
      all[i] = System.nanoTime() - start;
      notTimed.run(i);
    }
    return all;
  }

  private static double mean(double[] all) {
    return Arrays.stream(all).average().orElseThrow();
  }

  private static double median(double[] all) {
    return Arrays.stream(all).sorted().toArray()[all.length / 2];
  }

  @Test
  void theTierBesideTheBareClient() throws Exception {
    try (RedisServer server = RedisServer.open()) {
      RedisClient client = RedisClient.create(server.uri().toString());
      try (StatefulRedisConnection<byte[], byte[]> connection =
              client.connect(ByteArrayCodec.INSTANCE);
          RemoteTier tier =
              new RemoteTier(
                  RemoteRig.settings(server.uri()),
                  new MemoryBudget(LIMIT_BYTES),
                  System::nanoTime)) {
        tier.attach(new io.pagestrata.integration.support.ModelHost());
        measure(tier, connection.sync());
      } finally {
        client.shutdown();
      }
    }
  }

  private static void measure(RemoteTier tier, RedisCommands<byte[], byte[]> bare)
      throws Exception {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(256 << 10), Zpages.PAGE_BYTES);
    ByteBuffer scratch = ByteBuffer.allocateDirect(tier.scratchBytes());
    Map<byte[], byte[]> values = new LinkedHashMap<>();
    byte[][] keys = new byte[VALUES][];
    for (int i = 0; i < VALUES; i++) {
      ByteBuffer zpage = Zpages.make(0, i, i + 1, PAYLOAD_BYTES);
      assertThat(batch.add(zpage, 0, zpage.capacity(), 0)).isTrue();
      byte[] value = new byte[zpage.capacity()];
      zpage.get(0, value);
      keys[i] = String.format("bare:0badcafe:{0000000a}%02d", i).getBytes("US-ASCII");
      values.put(keys[i], value);
    }
    Timed tierPut = i -> assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
    Timed tierClean =
        i -> {
          for (int k = 0; k < VALUES; k++) {
            tier.free(batch.toLocator(k));
          }
          tier.maintain();
        };
    Timed barePut = i -> assertThat(bare.mset(values)).isEqualTo("OK");
    Timed bareClean = i -> bare.unlink(keys);
    nanos(WARM_UP, tierPut, tierClean);
    nanos(WARM_UP, barePut, bareClean);
    assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
    bare.mset(values);
    Timed tierGet =
        i ->
            assertThat(tier.read(batch.toLocator(i % VALUES), scratch, (m, o, available) -> 1))
                .isEqualTo(1);
    Timed bareGet = i -> assertThat(bare.get(keys[i % VALUES])).isNotNull();
    nanos(WARM_UP, tierGet);
    nanos(WARM_UP, bareGet);
    Timed tierEvict = i -> tier.settle(tier.reclaim((m, o, bytes, l, b) -> {}, Long.MAX_VALUE));
    Timed bareMget =
        i -> {
          List<KeyValue<byte[], byte[]>> got = bare.mget(keys);
          assertThat(got).hasSize(VALUES);
        };
    nanos(WARM_UP, tierEvict);
    nanos(WARM_UP, bareMget);
    for (int round = 0; round < ROUNDS; round++) {
      print("batch get", mean(nanos(BATCHES, tierEvict)), mean(nanos(BATCHES, bareMget)));
      print("single get p50", median(nanos(BATCHES, tierGet)), median(nanos(BATCHES, bareGet)));
      assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
    }
    for (int round = 0; round < ROUNDS; round++) {
      print(
          "batch put",
          mean(nanos(BATCHES, tierPut, tierClean)),
          mean(nanos(BATCHES, barePut, bareClean)));
      print(
          "batch put p50",
          median(nanos(BATCHES, tierPut, tierClean)),
          median(nanos(BATCHES, barePut, bareClean)));
    }
  }

  private static void print(String what, double tier, double bare) {
    System.out.printf(
        Locale.ROOT,
        "remote %s: tier %.1f us, bare %.1f us, bare / tier %.2f%n",
        what,
        tier / 1000,
        bare / 1000,
        bare / tier);
  }
}
