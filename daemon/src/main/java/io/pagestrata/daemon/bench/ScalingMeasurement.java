// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Consumer;

/** How much faster two threads are than one, beside the same question to the bare codec. */
final class ScalingMeasurement implements Measurement {
  private static final int THREADS = 2;
  private static final Target TARGET = Target.oursAtLeast(1.7);

  @Override
  public String name() {
    return "scaling";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    int[] order = pages.shuffled(bench.settings().seed());
    BareZpages zpages = new BareZpages(pages, bench.codec());
    try (PageStore store = BenchStores.roomy(bench.settings(), pages.count());
        Crowd one = new Crowd(1);
        Crowd two = new Crowd(THREADS)) {
      Pool pool = store.createPool("scaling", PoolKind.PERSISTENT);
      StorePasses.putAll(store, pool, 0, pages);
      Work gets = (first, end) -> StorePasses.get(store, pool, order, first, end, target(pages));
      Work bareGets =
          (first, end) -> {
            try (CodecContext context = bench.codec().newContext()) {
              return BarePasses.decompress(zpages, order, first, end, context, target(pages));
            }
          };
      rows.accept(row("2 threads / 1, get", bench, one, two, gets, bareGets));
      Work puts = (first, end) -> StorePasses.put(store, pool, 0, pages, first, end);
      Work barePuts =
          (first, end) -> {
            try (CodecContext context = bench.codec().newContext()) {
              ByteBuffer log = ByteBuffer.allocateDirect((end - first) * pages.pageBytes());
              return BarePasses.compressAndAppend(pages, first, end, context, log);
            }
          };
      rows.accept(row("2 threads / 1, put over", bench, one, two, puts, barePuts));
    }
  }

  /** Works on sample pages from first to end and says how long that took. */
  @FunctionalInterface
  private interface Work {
    long run(int first, int end) throws Exception;
  }

  private static BenchRow row(
      String name, BenchContext bench, Crowd one, Crowd two, Work ours, Work bare)
      throws Exception {
    Comparison comparison =
        Comparison.of(
            bench.rounds(),
            () -> speedUp(bench, one, two, ours),
            () -> speedUp(bench, one, two, bare));
    // The target is about the speed-up itself; the bare codec tells what the machine allows.
    String note =
        String.format(
            Locale.ROOT, "limit: bare codec, which reached %.2f in this run", comparison.limit());
    return BenchRow.of(name, Unit.RATIO, comparison, TARGET, note);
  }

  private static double speedUp(BenchContext bench, Crowd one, Crowd two, Work work)
      throws Exception {
    int count = bench.pages().count();
    double single = bench.nanosPerOperation(() -> one.slowestNanos(thread -> work.run(0, count)));
    double both =
        bench.nanosPerOperation(
            () ->
                two.slowestNanos(
                    thread -> work.run(thread * count / THREADS, (thread + 1) * count / THREADS)));
    return single / both;
  }

  private static ByteBuffer target(SamplePages pages) {
    return ByteBuffer.allocateDirect(pages.pageBytes());
  }
}
