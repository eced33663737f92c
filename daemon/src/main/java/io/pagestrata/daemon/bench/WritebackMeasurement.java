// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Puts of four times the RAM tier without a pause, beside the slower of bare compression and bare
 * sequential writing of the compressed bytes.
 */
final class WritebackMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final int TIMES_RAM = 4;
  private static final long LEAST_RAM_BYTES = 24 * MIB;
  private static final int WRITE_BYTES = 1 << 18;

  @Override
  public String name() {
    return "writeback";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    BareZpages zpages = new BareZpages(pages, bench.codec());
    long ramBytes = Math.max(LEAST_RAM_BYTES, zpages.payloadBytes() / TIMES_RAM);
    int passes = (int) Math.ceil((double) TIMES_RAM * ramBytes / zpages.payloadBytes());
    Burst burst = new Burst(bench, ramBytes, passes);
    ByteBuffer log = PutMeasurement.touched(pages);
    try (CodecContext context = bench.codec().newContext()) {
      Comparison rates =
          Comparison.of(
              bench.rounds(),
              burst::bytesPerSecond,
              () -> {
                long nanos = BarePasses.compressAndAppend(pages, 0, pages.count(), context, log);
                double compression = (double) pages.count() * pages.pageBytes() * 1e9 / nanos;
                double writing = writeRate(bench, zpages, passes) * zpages.ratio();
                return Math.min(compression, writing);
              });
      rows.accept(
          BenchRow.of(
              "put 4 x RAM, no pause",
              Unit.BYTES_PER_SECOND,
              rates,
              Target.atLeast(0.8),
              "limit: min(compress, write), page bytes"));
      rows.accept(
          BenchRow.alone(
              "puts refused meanwhile",
              Unit.COUNT,
              burst.refused,
              Target.atMost(0),
              String.format(
                  Locale.ROOT,
                  "%,d of %,d puts waited, %.0f ms in all",
                  burst.stalls,
                  burst.puts,
                  burst.stallNanos / 1e6)));
    }
  }

  private static double writeRate(BenchContext bench, BareZpages zpages, int passes)
      throws IOException {
    ByteBuffer all = zpages.packed();
    int bytes = all.limit();
    long start = System.nanoTime();
    try (TemporaryDirectory directory = bench.newDirectory();
        FileChannel file =
            FileChannel.open(
                directory.path().resolve("bytes"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
      for (int pass = 0; pass < passes; pass++) {
        for (int at = 0; at < bytes; at += WRITE_BYTES) {
          all.limit(Math.min(bytes, at + WRITE_BYTES)).position(at);
          while (all.hasRemaining()) {
            file.write(all);
          }
        }
      }
      return (double) bytes * passes * 1e9 / (System.nanoTime() - start);
    }
  }

  /** One burst into a new store; keeps what happened to puts over all bursts. */
  private static final class Burst {
    private final BenchContext bench;
    private final long ramBytes;
    private final int passes;
    private long puts;
    private long refused;
    private long stalls;
    private long stallNanos;

    Burst(BenchContext bench, long ramBytes, int passes) {
      this.bench = bench;
      this.ramBytes = ramBytes;
      this.passes = passes;
    }

    double bytesPerSecond() throws Exception {
      StoppedException.throwIf(bench.stop());
      SamplePages pages = bench.pages();
      long bytes = (long) passes * pages.count() * pages.pageBytes();
      try (TemporaryDirectory directory = bench.newDirectory();
          PageStore store =
              BenchStores.tiered(
                  bench.settings(),
                  directory.path(),
                  ramBytes,
                  4 * SEGMENT_BYTES + bytes,
                  SEGMENT_BYTES,
                  PromotionMode.NEVER)) {
        Pool pool = store.createPool("burst", PoolKind.PERSISTENT);
        long nanos = 0;
        for (int pass = 0; pass < passes; pass++) {
          nanos += StorePasses.putAll(store, pool, pass, pages);
        }
        StoreStats stats = store.stats();
        puts += stats.puts();
        refused += stats.putsRefusedFull() + stats.putsRefusedTable();
        stalls += stats.stalls();
        stallNanos += stats.stallNanos();
        return bytes * 1e9 / nanos;
      }
    }
  }
}
