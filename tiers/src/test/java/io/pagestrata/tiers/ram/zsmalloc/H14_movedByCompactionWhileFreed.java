// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compaction moves zpages while others store, free, read and evict them. Forbidden: a reader that
 * sees other bytes than the last put's, a published zpage that is gone, a slot with two owners or
 * none, bytes left over at the end.
 */
class H14_movedByCompactionWhileFreed {
  private static final int FRAMES = 1024;
  private static final int OBJECTS = 1200;
  private static final int SHORT_ROUNDS = 40_000;
  private static final int LONG_ROUNDS = 5_000_000;
  private static final int FEW_OBJECTS = 160;
  private static final int FEW_BYTES = 700;
  private static final int FEW_ROUNDS = 50_000;

  @Test
  void compactionFreeingReadingAndEvictingAtOnce() throws Exception {
    storm(SHORT_ROUNDS, OBJECTS, H14_movedByCompactionWhileFreed::anySize, 14);
  }

  /** Few zpages of one size: what is moved is often freed, or read, in that very moment. */
  @Test
  void fewZpagesOfOneSizeAtOnce() throws Exception {
    storm(FEW_ROUNDS, FEW_OBJECTS, random -> FEW_BYTES, 15);
  }

  // While somebody reads it a zpage stays where it is, and its slot its own.
  @Test
  void aZpageThatIsReadIsNotMoved() {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      for (long object = 0; object < FEW_OBJECTS; object++) {
        assertThat(rig.put(object, FEW_BYTES)).isTrue();
      }
      for (long object = 0; object < FEW_OBJECTS; object++) {
        if (object % 8 > 0) {
          rig.remove(object);
        }
      }
      for (long object = 0; object < FEW_OBJECTS; object += 8) {
        long read = object;
        rig.pool.read(
            rig.table.get(read),
            (memory, offset, available) -> {
              byte[] before = bytes(memory, offset, available);
              rig.compactFully();
              for (long other = 0; other < FEW_OBJECTS; other++) {
                rig.put(FEW_OBJECTS + other, FEW_BYTES);
              }
              assertThat(bytes(memory, offset, available)).isEqualTo(before);
              return 0;
            });
        assertThat(rig.holds(read)).isTrue();
        for (long other = 0; other < FEW_OBJECTS; other++) {
          rig.remove(FEW_OBJECTS + other);
        }
      }
      assertThat(rig.pool.stats().compactedZpages()).isPositive();
    }
  }

  // Forbidden: a moved zpage with the backing of whoever had its slot before, a copy freed twice.
  @Test
  void aMovedZpageKeepsItsBacking() {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      for (long object = 0; object < FEW_OBJECTS; object++) {
        assertThat(rig.put(object, FEW_BYTES, 1000 + object, StoreIntent.PUT)).isTrue();
      }
      for (long object = 0; object < FEW_OBJECTS; object++) {
        if (object % 8 > 0) {
          rig.remove(object);
        }
      }
      rig.compactFully();
      assertThat(rig.pool.stats().compactedZpages()).isPositive();
      for (long object = 0; object < FEW_OBJECTS; object += 8) {
        assertThat(rig.holds(object)).isTrue();
        assertThat(rig.pool.backing(rig.table.get(object))).isEqualTo(1000 + object);
      }
    }
  }

  private static byte[] bytes(ByteBuffer memory, int offset, int count) {
    byte[] bytes = new byte[count];
    memory.get(offset, bytes);
    return bytes;
  }

  @Test
  @Tag("stress")
  void compactionFreeingReadingAndEvictingAtOnceForLong() throws Exception {
    storm(LONG_ROUNDS, OBJECTS, H14_movedByCompactionWhileFreed::anySize, 1414);
  }

  private static int anySize(SplittableRandom random) {
    return 33 + random.nextInt(random.nextInt(8) == 0 ? 4096 : 1200);
  }

  private static void storm(
      int rounds, int objects, ToIntFunction<SplittableRandom> size, long seed) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      AtomicBoolean done = new AtomicBoolean();
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 2; writer++) {
        int own = writer;
        writers.add(threads.submit(() -> write(rig, own, rounds, objects, size, seed + own)));
      }
      List<Future<?>> others =
          List.of(
              threads.submit(() -> compact(rig, done)),
              threads.submit(() -> evict(rig, done)),
              threads.submit(() -> read(rig, done, objects, seed)));
      try {
        for (Future<?> writer : writers) {
          writer.get();
        }
      } finally {
        done.set(true);
      }
      for (Future<?> other : others) {
        other.get();
      }

      assertThat(rig.pool.stats().compactedZpages()).isPositive();
      PoolWalk.check(rig);
      PoolWalk.checkAges(rig);
      rig.table.keySet().forEach(object -> assertThat(rig.holds(object)).isTrue());
      rig.table.keySet().forEach(rig::remove);
      assertThat(rig.pool.usedBytes()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  private static void write(
      ZsmallocRig rig,
      int own,
      int rounds,
      int objects,
      ToIntFunction<SplittableRandom> size,
      long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < rounds; i++) {
      long object = random.nextInt(objects) * 2L + own;
      int bytes = size.applyAsInt(random);
      StoreIntent intent = random.nextInt(4) == 0 ? StoreIntent.RECLAIM : StoreIntent.PUT;
      if (random.nextInt(3) == 0 || !rig.put(object, bytes, random.nextInt(3) - 1, intent)) {
        rig.remove(object);
      }
    }
  }

  private static void compact(ZsmallocRig rig, AtomicBoolean done) {
    while (!done.get()) {
      rig.pool.compact();
    }
  }

  /** Shows everything, drops a tenth of it, and settles two regions late. */
  private static void evict(ZsmallocRig rig, AtomicBoolean done) {
    long older = UpperTier.NOTHING;
    long old = UpperTier.NOTHING;
    while (!done.get()) {
      long region =
          rig.pool.showColdest(
              (memory, offset, bytes, locator, backing) -> {
                if (locator % 10 == 0) {
                  rig.drop(memory, offset, bytes, locator, backing);
                }
              },
              Long.MAX_VALUE);
      rig.pool.settle(older);
      older = old;
      old = region;
    }
    rig.pool.settle(older);
    rig.pool.settle(old);
  }

  private static void read(ZsmallocRig rig, AtomicBoolean done, int objects, long seed) {
    SplittableRandom random = new SplittableRandom(~seed);
    while (!done.get()) {
      rig.holds(random.nextInt(2 * objects));
    }
  }
}
