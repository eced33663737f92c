// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import com.sun.management.ThreadMXBean;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.daemon.report.Unit;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Heap bytes that a get or a put of a known page leaves behind for the collector. */
final class AllocationMeasurement implements Measurement {
  private static final Target TARGET = Target.atMost(1);

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Override
  public String name() {
    return "allocation";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    int[] order = pages.shuffled(bench.settings().seed());
    ByteBuffer target = ByteBuffer.allocateDirect(pages.pageBytes());
    try (PageStore store = BenchStores.roomy(bench.settings(), pages.count())) {
      Pool pool = store.createPool("allocation", PoolKind.PERSISTENT);
      StorePasses.putAll(store, pool, 0, pages);
      rows.accept(
          row(
              "heap bytes per get",
              bench,
              () -> StorePasses.get(store, pool, order, 0, order.length, target)));
      rows.accept(
          row("heap bytes per put over", bench, () -> StorePasses.putAll(store, pool, 0, pages)));
    }
  }

  private BenchRow row(String name, BenchContext bench, BenchContext.Pass pass) throws Exception {
    double bytes =
        Comparison.alone(
            bench.rounds(),
            () -> {
              long before = threads.getCurrentThreadAllocatedBytes();
              pass.run();
              long after = threads.getCurrentThreadAllocatedBytes();
              return (double) (after - before) / bench.pages().count();
            });
    return BenchRow.alone(name, Unit.RATIO, bytes, TARGET, "bytes of the calling thread");
  }
}
