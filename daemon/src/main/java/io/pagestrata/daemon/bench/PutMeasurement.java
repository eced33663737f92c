// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Puts of new and of known pages into RAM beside compression and append of the same pages. */
final class PutMeasurement implements Measurement {
  private static final double MOST_OVER_COMPRESSION = 1.15;

  @Override
  public String name() {
    return "put";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    ByteBuffer log = touched(pages);
    try (PageStore store = BenchStores.roomy(bench.settings(), pages.count());
        CodecContext context = bench.codec().newContext()) {
      Sample limit =
          () ->
              bench.nanosPerOperation(
                  () -> BarePasses.compressAndAppend(pages, 0, pages.count(), context, log));
      Comparison fresh =
          Comparison.of(
              bench.rounds(), () -> bench.nanosPerOperation(() -> putFresh(store, pages)), limit);
      rows.accept(
          BenchRow.of(
              "put of a new page",
              Unit.NANOS,
              fresh,
              Target.atMost(MOST_OVER_COMPRESSION),
              "limit: compress, append"));
      Pool pool = store.createPool("overwrite", PoolKind.PERSISTENT);
      StorePasses.putAll(store, pool, 0, pages);
      Comparison known =
          Comparison.of(
              bench.rounds(),
              () -> bench.nanosPerOperation(() -> StorePasses.putAll(store, pool, 0, pages)),
              limit);
      rows.accept(
          BenchRow.of(
              "put over a page", Unit.NANOS, known, Target.NONE, "limit: compress, append"));
      StorePasses.verify(store, pool, pages);
    }
  }

  static long putFresh(PageStore store, SamplePages pages) {
    Pool pool = store.createPool("fresh", PoolKind.PERSISTENT);
    long nanos = StorePasses.putAll(store, pool, 0, pages);
    store.destroyPool(pool);
    return nanos;
  }

  /** Room for every payload, with the memory behind it there already. */
  static ByteBuffer touched(SamplePages pages) {
    ByteBuffer log = ByteBuffer.allocateDirect(pages.count() * pages.pageBytes());
    for (int i = 0; i < log.capacity(); i += pages.pageBytes()) {
      log.put(i, (byte) 1);
    }
    return log;
  }
}
