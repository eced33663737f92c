// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.daemon.input.SkewedPages;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * What the same RAM is worth as one tier of either codec and as two tiers: hits, reads from disk
 * and CPU for each operation, background threads included. One thread on pages drawn as Zipf's law
 * says, one operation in six an overwrite; and on recorded swap traffic where that was given.
 */
final class ChainMeasurement implements Measurement {
  private static final long MIB = 1L << 20;

  /** Every sample page stands for so many pages of the store. */
  private static final int COPIES = 4;

  private static final int RAM_SHARE = 6;
  private static final long LEAST_RAM_BYTES = 24 * MIB;
  private static final int OVERWRITE_ONE_IN = 6;
  private static final int VERIFY_ONE_IN = 16;
  private static final int MEASURED_OPERATIONS_PER_PAGE = 4;
  private static final double SHARE_OF_PEAK = 0.5;

  @Override
  public String name() {
    return "chain";
  }

  /**
   * What one run cost.
   *
   * @param hits share of gets of pages with a zpage that RAM served
   * @param readsPerThousand reads from disk for a thousand operations
   * @param cpuNanos CPU of all threads for one operation
   * @param wallNanos time for one operation
   * @param writtenBytes bytes written to disk
   * @param overBudget share of recompressions left out for want of CPU budget
   */
  private record Cost(
      double hits,
      double readsPerThousand,
      double cpuNanos,
      double wallNanos,
      long writtenBytes,
      double overBudget) {}

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    long pages = (long) COPIES * bench.pages().count();
    long ramBytes =
        Math.max(LEAST_RAM_BYTES, pages * bench.pages().pageBytes() / RAM_SHARE / MIB * MIB);
    String load = String.format(Locale.ROOT, "zipf, %d MiB", ramBytes / MIB);
    compare(bench, load, rows, chain -> zipf(bench, chain, ramBytes));
    for (Path file : bench.settings().traces()) {
      SwapTrace trace = SwapTrace.read(file);
      double zpageBytes =
          (double) new BareZpages(bench.pages(), bench.codec()).payloadBytes()
              / bench.pages().count();
      long traceRamBytes =
          Math.max(
              LEAST_RAM_BYTES,
              (long) (trace.peakLivePages() * SHARE_OF_PEAK * zpageBytes) / MIB * MIB);
      String name = file.getFileName().toString().replaceFirst("[.].*", "");
      String traceLoad = String.format(Locale.ROOT, "%s, %d MiB", name, traceRamBytes / MIB);
      compare(bench, traceLoad, rows, chain -> replay(bench, chain, trace, traceRamBytes));
    }
  }

  /** Runs one load over one chain. */
  @FunctionalInterface
  private interface Load {
    Cost run(Chain chain) throws Exception;
  }

  private static void compare(BenchContext bench, String load, Consumer<BenchRow> rows, Load runner)
      throws Exception {
    Cost first = null;
    for (Chain chain : Chain.ALL) {
      List<Cost> costs = new ArrayList<>();
      for (int round = 0; round < bench.rounds(); round++) {
        StoppedException.throwIf(bench.stop());
        costs.add(runner.run(chain));
      }
      costs.sort((a, b) -> Double.compare(a.cpuNanos(), b.cpuNanos()));
      Cost cost = costs.get(costs.size() / 2);
      first = first == null ? cost : first;
      String name = load + ", " + chain.name();
      rows.accept(row("hits, " + name, Unit.RATIO, cost.hits(), first.hits(), ""));
      rows.accept(
          row(
              "reads / 1000 op, " + name,
              Unit.RATIO,
              cost.readsPerThousand(),
              first.readsPerThousand(),
              String.format(Locale.ROOT, "%d MiB written", cost.writtenBytes() / MIB)));
      rows.accept(
          row(
              "CPU / op, " + name,
              Unit.NANOS,
              cost.cpuNanos(),
              first.cpuNanos(),
              String.format(
                  Locale.ROOT,
                  "%.1f us by the clock%s",
                  cost.wallNanos() / 1e3,
                  cost.overBudget() > 0
                      ? String.format(Locale.ROOT, ", %.0f %% over budget", 100 * cost.overBudget())
                      : "")));
    }
  }

  private static BenchRow row(String name, Unit unit, double ours, double first, String note) {
    return new BenchRow(name, unit, ours, first, ours / first, Target.NONE, note);
  }

  private static Cost zipf(BenchContext bench, Chain chain, long ramBytes) throws Exception {
    SamplePages samples = bench.pages();
    int pages = COPIES * samples.count();
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store = chain.open(bench.settings(), directory.path(), ramBytes, pages)) {
      Pool pool = store.createPool("chain", PoolKind.PERSISTENT);
      for (int copy = 0; copy < COPIES; copy++) {
        StorePasses.putAll(store, pool, copy, samples);
      }
      Zipf load = new Zipf(bench, store, pool, pages);
      load.run(pages);
      return Meter.measure(
          store,
          () -> {
            load.run(MEASURED_OPERATIONS_PER_PAGE * pages);
            return (long) MEASURED_OPERATIONS_PER_PAGE * pages;
          });
    }
  }

  private static Cost replay(BenchContext bench, Chain chain, SwapTrace trace, long ramBytes)
      throws Exception {
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store =
            chain.open(bench.settings(), directory.path(), ramBytes, trace.peakLivePages())) {
      TraceReplay replay = new TraceReplay(store, bench.pages(), bench.stop());
      return Meter.measure(
          store,
          () -> {
            replay.run(trace);
            StoreStats stats = store.stats();
            return stats.gets() + stats.puts();
          });
    }
  }

  /** The same draws for every chain. For one thread. */
  private static final class Zipf {
    private final BenchContext bench;
    private final PageStore store;
    private final Pool pool;
    private final SkewedPages skewed;
    private final SplittableRandom random;
    private final ByteBuffer source;
    private final ByteBuffer target;

    Zipf(BenchContext bench, PageStore store, Pool pool, int pages) {
      this.bench = bench;
      this.store = store;
      this.pool = pool;
      random = new SplittableRandom(bench.settings().seed());
      skewed = new SkewedPages(pages, random.split());
      source = bench.pages().view();
      target = ByteBuffer.allocateDirect(bench.pages().pageBytes());
    }

    void run(int operations) throws StoppedException {
      SamplePages samples = bench.pages();
      for (int i = 0; i < operations; i++) {
        int page = skewed.next();
        int object = page / samples.count();
        int index = page % samples.count();
        int offset = samples.offset(index);
        source.limit(offset + samples.pageBytes()).position(offset);
        if (random.nextInt(OVERWRITE_ONE_IN) == 0) {
          StoreFullException.throwIfRefused(store.put(pool, object, index, source));
        } else if (!store.get(pool, object, index, target)
            || i % VERIFY_ONE_IN == 0 && !target.equals(source)) {
          throw new IllegalStateException("page " + page + " came back wrong");
        }
        if ((i & 0xffff) == 0) {
          StoppedException.throwIf(bench.stop());
        }
      }
    }
  }

  /** Measures what the whole process spends while something runs. */
  private static final class Meter {
    private Meter() {}

    /** Something that says how many operations it did. */
    @FunctionalInterface
    interface Work {
      long run() throws Exception;
    }

    static Cost measure(PageStore store, Work work) throws Exception {
      StoreStats before = store.stats();
      long cpu = ProcessCpu.nanos();
      long start = System.nanoTime();
      long operations = work.run();
      long wall = System.nanoTime() - start;
      cpu = ProcessCpu.nanos() - cpu;
      StoreStats after = store.stats();
      int last = after.tiers().size() - 1;
      long fromRam = TraceReplay.hitsInRam(after) - TraceReplay.hitsInRam(before);
      long fromDisk = after.hitsByTier().get(last) - before.hitsByTier().get(last);
      long reads = after.tiers().get(last).reads() - before.tiers().get(last).reads();
      return new Cost(
          (double) fromRam / (fromRam + fromDisk),
          1000.0 * reads / operations,
          (double) cpu / operations,
          (double) wall / operations,
          after.tiers().get(last).writtenBytes() - before.tiers().get(last).writtenBytes(),
          overBudget(after.writeback().recompression()));
    }

    private static double overBudget(RecompressionStats stats) {
      long wanted = stats.zpages() + stats.marked() + stats.overBudget();
      return wanted == 0 ? 0 : (double) stats.overBudget() / wanted;
    }
  }
}
