// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Memory that a page costs beside its payload, in RAM and once it is on disk, with many pages that
 * compress to almost nothing. What the heap grows by is told as well, so that nothing can hide.
 */
final class MemoryMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final long ROOM_PER_PAGE = 256;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    int pages = bench.settings().tablePages();
    long room = 64 * MIB + pages * ROOM_PER_PAGE;
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store =
            BenchStores.tiered(
                bench.settings(),
                directory.path(),
                room,
                4 * SEGMENT_BYTES + room,
                SEGMENT_BYTES,
                PromotionMode.NEVER)) {
      Pool pool = store.createPool("memory", PoolKind.PERSISTENT);
      long heapEmpty = heapBytes();
      // What page table and buffers take, the tier may not: its limit says it to the block.
      long limitEmpty = store.stats().tiers().get(0).limitBytes();
      fill(bench, store, pool, pages);
      StoreStats full = store.stats();
      TierStats ram = full.tiers().get(0);
      long heapFull = heapBytes();
      double inRam =
          (double) (ram.usedBytes() - ram.payloadBytes() + limitEmpty - ram.limitBytes())
              / ram.zpages();
      rows.accept(
          BenchRow.alone(
              "memory beside payload, RAM",
              Unit.BYTES,
              inRam,
              Target.atMost(48),
              note(ram.zpages(), heapFull - heapEmpty, pages)));
      store.writeBack(WritebackRequest.everything());
      StoreStats sunk = store.stats();
      TierStats emptied = sunk.tiers().get(0);
      long below = sunk.tiers().get(1).zpages();
      double onDisk = (double) (emptied.usedBytes() + limitEmpty - emptied.limitBytes()) / below;
      rows.accept(
          BenchRow.alone(
              "memory for a page on disk",
              Unit.BYTES,
              onDisk,
              Target.atMost(16),
              note(below - emptied.zpages(), heapBytes() - heapEmpty, pages)));
    }
  }

  private static void fill(BenchContext bench, PageStore store, Pool pool, int pages)
      throws StoppedException {
    ByteBuffer page = ByteBuffer.allocateDirect(bench.settings().pageBytes());
    for (int i = 0; i < pages; i++) {
      // Two different words: not same-filled, and as compressible as a page can be.
      page.putLong(0, i + 1L);
      StoreFullException.throwIfRefused(store.put(pool, 0, i, page));
      if ((i & 0xffff) == 0) {
        StoppedException.throwIf(bench.stop());
      }
    }
  }

  private static String note(long zpages, long heapGrowth, int pages) {
    return String.format(
        Locale.ROOT,
        "%,d zpages; heap grew by %.1f B a page",
        zpages,
        Math.max(0.0, heapGrowth) / pages);
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
