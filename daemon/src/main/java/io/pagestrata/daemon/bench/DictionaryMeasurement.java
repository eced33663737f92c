// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.DictionaryStats;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What dictionaries gain on each input: a store that has trained one on its own pages, beside bare
 * zstd of the same level without. Puts and gets include the store; the bare calls do not.
 */
final class DictionaryMeasurement implements Measurement {
  private static final List<String> CODECS = List.of("zstd--1", "zstd-1", "zstd-3");
  private static final long ROOM_BYTES = 256L << 20;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  @Override
  public String name() {
    return "dictionaries";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    BenchSettings settings = bench.settings();
    for (Path file : bench.files()) {
      InputPages input = InputPages.open(List.of(file), settings.pageBytes());
      SamplePages pages = SamplePages.take(input, settings.samplePages());
      BenchContext own = new BenchContext(settings, List.of(file), pages, bench.stop());
      for (String codec : CODECS) {
        measure(own, codec, file.getFileName() + ", " + codec + ": ", rows);
      }
    }
  }

  private static void measure(
      BenchContext bench, String codecName, String label, Consumer<BenchRow> rows)
      throws Exception {
    SamplePages pages = bench.pages();
    PageCodec codec = Pagestrata.codec(codecName);
    BareZpages bare = new BareZpages(pages, codec);
    long ramBytes = ROOM_BYTES + 2L * pages.count() * pages.pageBytes();
    try (PageStore store =
            Pagestrata.builder()
                .pageSize(pages.pageBytes())
                .ram(ram -> ram.maxSize(ramBytes).codec(codecName))
                .open();
        CodecContext context = codec.newContext()) {
      Pool pool = store.createPool("pages", PoolKind.PERSISTENT);
      DictionaryStats trained = train(bench, store, pool);
      String note = note(trained);
      StoreStats before = store.stats();
      StorePasses.putAll(store, pool, 0, pages);
      double ratio = ratio(before, store.stats());
      rows.accept(
          new BenchRow(
              label + "ratio",
              Unit.RATIO,
              ratio,
              bare.ratio(),
              ratio / bare.ratio(),
              Target.NONE,
              note));
      Comparison puts =
          Comparison.of(
              bench.rounds(),
              () -> bench.nanosPerOperation(() -> StorePasses.putAll(store, pool, 0, pages)),
              () -> bench.nanosPerOperation(() -> BarePasses.compress(pages, context)));
      rows.accept(
          BenchRow.of(label + "put", Unit.NANOS, puts, Target.NONE, "limit: bare compression"));
      int[] order = pages.shuffled(bench.settings().seed());
      ByteBuffer target = ByteBuffer.allocateDirect(pages.pageBytes());
      Comparison gets =
          Comparison.of(
              bench.rounds(),
              () ->
                  bench.nanosPerOperation(
                      () -> StorePasses.get(store, pool, order, 0, order.length, target)),
              () ->
                  bench.nanosPerOperation(
                      () -> BarePasses.decompress(bare, order, context, target)));
      rows.accept(
          BenchRow.of(label + "get", Unit.NANOS, gets, Target.NONE, "limit: bare decompression"));
      StorePasses.verify(store, pool, pages);
    }
  }

  /** Puts the pages again and again until a dictionary is in use or was found not to pay. */
  private static DictionaryStats train(BenchContext bench, PageStore store, Pool pool)
      throws StoppedException {
    long start = System.nanoTime();
    DictionaryStats stats = DictionaryStats.ZERO;
    while (stats.trained() + stats.rejected() == 0 && System.nanoTime() - start < PATIENCE_NANOS) {
      StoppedException.throwIf(bench.stop());
      StorePasses.putAll(store, pool, 0, bench.pages());
      stats = store.stats().dictionaries();
    }
    return stats;
  }

  private static double ratio(StoreStats before, StoreStats after) {
    return (double) (after.rawBytesPut() - before.rawBytesPut())
        / (after.payloadBytesPut() - before.payloadBytesPut());
  }

  private static String note(DictionaryStats stats) {
    return stats.inUse() == 0
        ? "limit: bare zstd; a dictionary gains too little here, so none is used"
        : String.format(
            Locale.ROOT,
            "limit: bare zstd; gained %.3f on pages held back, trained in %d ms",
            stats.ratioGain(),
            TimeUnit.NANOSECONDS.toMillis(stats.trainingNanos()));
  }
}
