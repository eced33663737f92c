// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.tiers.ram.zpool.Zpool;
import java.nio.ByteBuffer;

/**
 * Passes over all sample zpages through a zpool, or through nothing but copies, with the time that
 * each step took. Threads share the pages: each has its part of them. For one thread at a time.
 */
final class ZpoolPasses {
  /** Steps of a pass. */
  enum Step {
    STORE,
    LOAD,
    FREE
  }

  private final BareZpages zpages;
  private final int pageBytes;
  private final int[] order;
  private final long[] locators;
  private final int[] places;
  private final ByteBuffer log;

  ZpoolPasses(BenchContext bench, BareZpages zpages) {
    this.zpages = zpages;
    pageBytes = bench.pages().pageBytes();
    order = bench.pages().shuffled(bench.settings().seed());
    locators = new long[order.length];
    places = new int[order.length];
    int at = 0;
    for (int page = 0; page < order.length; page++) {
      places[page] = at;
      at += zpages.zpageBytes(page);
    }
    log = ByteBuffer.allocateDirect(at);
  }

  /** Nanoseconds that each step of one pass of so many threads took. */
  long[] run(Zpool pool, Crowd crowd, int threads) throws Exception {
    long[] nanos = new long[Step.values().length];
    nanos[Step.STORE.ordinal()] =
        crowd.slowestNanos(
            thread ->
                pool == null
                    ? copyIn(first(thread, threads), first(thread + 1, threads))
                    : store(pool, first(thread, threads), first(thread + 1, threads)));
    nanos[Step.LOAD.ordinal()] =
        crowd.slowestNanos(
            thread ->
                pool == null
                    ? copyOut(first(thread, threads), first(thread + 1, threads))
                    : load(pool, first(thread, threads), first(thread + 1, threads)));
    if (pool != null) {
      verify(pool);
      nanos[Step.FREE.ordinal()] =
          crowd.slowestNanos(
              thread -> free(pool, first(thread, threads), first(thread + 1, threads)));
    }
    return nanos;
  }

  private int first(int thread, int threads) {
    return (int) ((long) order.length * thread / threads);
  }

  private long copyIn(int first, int end) {
    ByteBuffer source = zpages.packed();
    long start = System.nanoTime();
    for (int page = first; page < end; page++) {
      log.put(places[page], source, zpages.offset(page), zpages.zpageBytes(page));
    }
    return System.nanoTime() - start;
  }

  private long store(Zpool pool, int first, int end) {
    ByteBuffer source = zpages.packed();
    long start = System.nanoTime();
    for (int page = first; page < end; page++) {
      int bytes = zpages.zpageBytes(page);
      long locator =
          pool.store(source, zpages.offset(page), bytes, UpperTier.NO_BACKING, StoreIntent.PUT);
      if (locator == UpperTier.NO_SPACE) {
        throw new IllegalStateException("a roomy pool refuses a zpage");
      }
      locators[page] = locator;
    }
    return System.nanoTime() - start;
  }

  private long copyOut(int first, int end) {
    ByteBuffer target = newTarget();
    ByteBuffer source = log.duplicate();
    long start = System.nanoTime();
    for (int i = first; i < end; i++) {
      int page = order[i];
      target.put(0, source, places[page], zpages.zpageBytes(page));
    }
    long nanos = System.nanoTime() - start;
    Sink.take(target);
    return nanos;
  }

  private long load(Zpool pool, int first, int end) {
    ByteBuffer target = newTarget();
    ZpageReader copying = copyingTo(target);
    long start = System.nanoTime();
    for (int i = first; i < end; i++) {
      pool.read(locators[order[i]], copying);
    }
    long nanos = System.nanoTime() - start;
    Sink.take(target);
    return nanos;
  }

  private long free(Zpool pool, int first, int end) {
    long start = System.nanoTime();
    for (int i = first; i < end; i++) {
      pool.free(locators[order[i]]);
    }
    return System.nanoTime() - start;
  }

  private ByteBuffer newTarget() {
    return ByteBuffer.allocateDirect(ZpageHeader.BYTES + pageBytes);
  }

  private static ZpageReader copyingTo(ByteBuffer target) {
    return (memory, offset, available) -> {
      int bytes = ZpageHeader.zpageBytes(memory, offset);
      target.put(0, memory, offset, bytes);
      return bytes;
    };
  }

  /** A pool that gives other bytes back is worth nothing. */
  private void verify(Zpool pool) {
    ByteBuffer target = newTarget();
    ZpageReader copying = copyingTo(target);
    ByteBuffer source = zpages.packed();
    for (int page = 0; page < locators.length; page++) {
      int bytes = zpages.zpageBytes(page);
      int loaded = pool.read(locators[page], copying);
      source.limit(zpages.offset(page) + bytes).position(zpages.offset(page));
      if (loaded != bytes || !target.limit(bytes).position(0).equals(source)) {
        throw new IllegalStateException("zpage " + page + " came back wrong");
      }
      target.clear();
      source.clear();
    }
  }
}
