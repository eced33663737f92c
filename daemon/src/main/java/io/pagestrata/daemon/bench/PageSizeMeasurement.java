// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Units;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What larger pages gain in ratio, headers included, and cost in latency, beside pages of 4 KiB: a
 * get of a few bytes must decompress a whole page.
 */
final class PageSizeMeasurement implements Measurement {
  private static final int LEAST_BYTES = 4 << 10;
  private static final int MOST_BYTES = 64 << 10;
  private static final int WARM_UP_ROUNDS = 3;
  private static final long MIB = 1L << 20;

  @Override
  public String name() {
    return "pages";
  }

  private record Size(double ratio, double putNanos, double getNanos) {}

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    Size small = null;
    for (int pageBytes = LEAST_BYTES; pageBytes <= MOST_BYTES; pageBytes *= 2) {
      Size size = measure(bench, pageBytes);
      small = small == null ? size : small;
      String pages = Units.formatBytes(pageBytes) + " pages";
      String limit = "limit: " + Units.formatBytes(LEAST_BYTES) + " pages";
      rows.accept(row("ratio, " + pages, Unit.RATIO, size.ratio(), small.ratio(), limit));
      rows.accept(row("put, " + pages, Unit.NANOS, size.putNanos(), small.putNanos(), limit));
      double perByte = size.getNanos() / pageBytes / (small.getNanos() / LEAST_BYTES);
      rows.accept(
          row(
              "get from RAM, " + pages,
              Unit.NANOS,
              size.getNanos(),
              small.getNanos(),
              String.format(Locale.ROOT, "%s; %.2f of its time for a byte", limit, perByte)));
    }
  }

  private static BenchRow row(String name, Unit unit, double ours, double small, String note) {
    return new BenchRow(name, unit, ours, small, ours / small, Target.NONE, note);
  }

  private static Size measure(BenchContext bench, int pageBytes) throws Exception {
    BenchSettings settings = bench.settings();
    long sampleBytes = (long) settings.samplePages() * settings.pageBytes();
    SamplePages pages =
        SamplePages.take(
            InputPages.open(bench.files(), pageBytes), (int) Math.max(1, sampleBytes / pageBytes));
    long roomBytes = 64 * MIB + 2L * pages.count() * pageBytes;
    try (PageStore store =
        Pagestrata.open(
            Pagestrata.builder()
                .pageSize(pageBytes)
                .ram(ram -> ram.maxSize(roomBytes).codec(settings.codec()))
                .build())) {
      Pool pool = store.createPool("pages", PoolKind.PERSISTENT);
      StorePasses.putAll(store, pool, 0, pages);
      int[] order = pages.shuffled(settings.seed());
      ByteBuffer target = ByteBuffer.allocateDirect(pageBytes);
      double[] puts = new double[bench.rounds()];
      double[] gets = new double[bench.rounds()];
      for (int round = -WARM_UP_ROUNDS; round < bench.rounds(); round++) {
        StoppedException.throwIf(bench.stop());
        double put = (double) StorePasses.putAll(store, pool, 0, pages) / pages.count();
        double get =
            (double) StorePasses.get(store, pool, order, 0, order.length, target) / pages.count();
        if (round >= 0) {
          puts[round] = put;
          gets[round] = get;
        }
      }
      StorePasses.verify(store, pool, pages);
      return new Size(ratio(store.stats(), pageBytes), median(puts), median(gets));
    }
  }

  private static double ratio(StoreStats stats, int pageBytes) {
    return (double) stats.tiers().get(0).zpages() * pageBytes / stats.tiers().get(0).zpageBytes();
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
