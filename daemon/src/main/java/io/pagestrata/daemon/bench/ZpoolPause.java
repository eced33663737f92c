// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The longest times that a store took in a full pool while another thread compacted and evicted to
 * make room. A refused store tries again and is not counted: waiting for room is up to the tier.
 */
final class ZpoolPause implements ZpoolMeasurement {
  private static final double ROOM_WANTED_FROM = 0.9;
  private static final long PARK_NANOS = 50_000;
  private static final int STORES_BETWEEN_LOOKS = 1 << 10;
  private static final double OFTEN = 0.999;

  @Override
  public String name() {
    return "pause";
  }

  @Override
  public int steps(ZpoolContext context) {
    return context.bench().rounds() * context.kinds().size();
  }

  @Override
  public void run(ZpoolContext context, Consumer<ZpoolRow> rows) throws Exception {
    int rounds = context.bench().rounds();
    double[] longestCopy = new double[rounds];
    double[] usualCopy = new double[rounds];
    double[][] longest = new double[context.kinds().size()][rounds];
    double[][] usual = new double[context.kinds().size()][rounds];
    for (int round = 0; round < rounds; round++) {
      long[] copies = copies(context);
      longestCopy[round] = copies[copies.length - 1];
      usualCopy[round] = copies[(int) (OFTEN * copies.length)];
      for (int i = 0; i < context.kinds().size(); i++) {
        context.begin("pause", context.kinds().get(i));
        long[] stores = stores(context, context.kinds().get(i));
        longest[i][round] = stores[stores.length - 1];
        usual[i][round] = stores[(int) (OFTEN * stores.length)];
      }
    }
    ZpoolRow one =
        new ZpoolRow("longest store beside compaction", Unit.NANOS)
            .limit(Comparison.median(longestCopy))
            .note("limit: longest of as many bare copies, alone");
    ZpoolRow many =
        new ZpoolRow("99.9 % of stores within", Unit.NANOS)
            .limit(Comparison.median(usualCopy))
            .note("limit: bare copies, alone");
    for (int i = 0; i < context.kinds().size(); i++) {
      one.put(context.kinds().get(i), Comparison.median(longest[i]));
      many.put(context.kinds().get(i), Comparison.median(usual[i]));
    }
    List.of(one, many).forEach(rows);
  }

  /** As many stores as fill the pool about twice. */
  private static int count(ZpoolContext context) {
    double zpageBytes = ZpageHeader.BYTES + context.realSizes().mean();
    return (int) (2 * context.poolBytes() / zpageBytes);
  }

  private static long[] copies(ZpoolContext context) {
    SplittableRandom random = new SplittableRandom(context.bench().settings().seed());
    ZpageSizes sizes = context.realSizes();
    ByteBuffer zpage = ByteBuffer.allocateDirect(ZpageHeader.BYTES + context.pageBytes());
    ByteBuffer target = ByteBuffer.allocateDirect((int) Math.min(context.poolBytes(), 1 << 26));
    long[] nanos = new long[count(context)];
    int at = 0;
    for (int i = 0; i < nanos.length; i++) {
      int bytes = ZpageHeader.BYTES + sizes.any(random);
      at = at + bytes > target.capacity() ? 0 : at;
      long start = System.nanoTime();
      target.put(at, zpage, 0, bytes);
      nanos[i] = System.nanoTime() - start;
      at += bytes;
    }
    Sink.take(target);
    Arrays.sort(nanos);
    return nanos;
  }

  private static long[] stores(ZpoolContext context, ZpoolKind kind) throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean refused = new AtomicBoolean();
    try (ZpoolChurn churn = context.churn(kind, context.realSizes())) {
      churn.fill();
      Future<?> roomMaker = executor.submit(() -> makeRoom(churn.rig, done, refused));
      try {
        return stores(context, churn, refused, roomMaker);
      } finally {
        done.set(true);
        roomMaker.get();
      }
    } finally {
      executor.shutdown();
    }
  }

  private static long[] stores(
      ZpoolContext context, ZpoolChurn churn, AtomicBoolean refused, Future<?> roomMaker)
      throws StoppedException {
    SplittableRandom random = new SplittableRandom(context.bench().settings().seed());
    ZpageSizes sizes = context.realSizes();
    ZpoolRig rig = churn.rig;
    long[] nanos = new long[count(context)];
    int stored = 0;
    for (long tries = 0; stored < nanos.length && !roomMaker.isDone(); tries++) {
      if (tries % STORES_BETWEEN_LOOKS == 0) {
        StoppedException.throwIf(context.bench().stop());
      }
      int page = random.nextInt(churn.pages());
      rig.prepare(page, sizes.any(random));
      long start = System.nanoTime();
      long locator = rig.storePrepared();
      long end = System.nanoTime();
      if (locator == UpperTier.NO_SPACE) {
        refused.set(true);
        Thread.yield();
      } else {
        nanos[stored++] = end - start;
        rig.publish(page, locator);
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void makeRoom(ZpoolRig rig, AtomicBoolean done, AtomicBoolean refused) {
    while (!done.get()) {
      boolean wanted = refused.getAndSet(false);
      if (!wanted && rig.pool.usedBytes() < ROOM_WANTED_FROM * rig.pool.putLimitBytes()) {
        LockSupport.parkNanos(PARK_NANOS);
      } else if (rig.pool.compact() == 0) {
        rig.evict();
      }
    }
  }
}
