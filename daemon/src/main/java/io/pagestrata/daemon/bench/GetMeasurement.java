// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Gets from RAM beside decompression of the same zpages in the same random order. */
final class GetMeasurement implements Measurement {
  private static final double MOST_OVER_DECOMPRESSION = 1.25;

  @Override
  public String name() {
    return "get";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    int[] order = pages.shuffled(bench.settings().seed());
    ByteBuffer target = ByteBuffer.allocateDirect(pages.pageBytes());
    BareZpages zpages = new BareZpages(pages, bench.codec());
    try (PageStore store = BenchStores.roomy(bench.settings(), pages.count());
        CodecContext context = bench.codec().newContext()) {
      Pool pool = store.createPool("get", PoolKind.PERSISTENT);
      StorePasses.putAll(store, pool, 0, pages);
      Comparison get =
          Comparison.of(
              bench.rounds(),
              () ->
                  bench.nanosPerOperation(
                      () -> StorePasses.get(store, pool, order, 0, order.length, target)),
              () ->
                  bench.nanosPerOperation(
                      () -> BarePasses.decompress(zpages, order, context, target)));
      rows.accept(
          BenchRow.of(
              "get from RAM",
              Unit.NANOS,
              get,
              Target.atMost(MOST_OVER_DECOMPRESSION),
              "limit: decompress, same random order"));
      StorePasses.verify(store, pool, pages);
    }
  }
}
