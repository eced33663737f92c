// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.Consumer;

/** Refaults from a file in the page cache beside read, checksum and decompression alone. */
final class RefaultMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long RAM_BYTES = 32 * MIB;
  private static final long SEGMENT_BYTES = 64 * MIB;

  @Override
  public String name() {
    return "refault";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    BareZpages zpages = new BareZpages(pages, bench.codec());
    long diskBytes = 4 * SEGMENT_BYTES + 2L * pages.count() * pages.pageBytes();
    try (TemporaryDirectory directory = bench.newDirectory();
        TemporaryDirectory bareDirectory = bench.newDirectory();
        PageStore store =
            BenchStores.tiered(
                bench.settings(),
                directory.path(),
                RAM_BYTES,
                diskBytes,
                SEGMENT_BYTES,
                PromotionMode.NEVER);
        CodecContext context = bench.codec().newContext();
        FileChannel file = write(zpages, bareDirectory.path().resolve("zpages"))) {
      Pool pool = store.createPool("refault", PoolKind.PERSISTENT);
      StorePasses.putAll(store, pool, 0, pages);
      store.writeBack(WritebackRequest.everything());
      int[] order = pages.shuffled(bench.settings().seed());
      ByteBuffer target = ByteBuffer.allocateDirect(pages.pageBytes());
      StoreStats before = store.stats();
      Comparison refault =
          Comparison.of(
              bench.rounds(),
              () ->
                  bench.nanosPerOperation(
                      () -> StorePasses.get(store, pool, order, 0, order.length, target)),
              () ->
                  bench.nanosPerOperation(
                      () -> BarePasses.readAndDecompress(zpages, file, order, context, target)));
      tell(refault, before, store.stats(), rows);
      StorePasses.verify(store, pool, pages);
    }
  }

  private static void tell(
      Comparison refault, StoreStats before, StoreStats after, Consumer<BenchRow> rows) {
    long hits = after.hitsByTier().get(1) - before.hitsByTier().get(1);
    long others = after.hitsByTier().get(0) - before.hitsByTier().get(0);
    rows.accept(
        BenchRow.of(
            "refault, cached file", Unit.NANOS, refault, Target.atMost(1.3), note(hits, others)));
    long reads = bottom(after).reads() - bottom(before).reads();
    rows.accept(
        BenchRow.alone(
            "reads per refault",
            Unit.RATIO,
            (double) reads / hits,
            Target.atMost(1),
            String.format(Locale.ROOT, "%,d refaults", hits)));
    rows.accept(
        BenchRow.alone(
            "segment bytes / payload",
            Unit.RATIO,
            (double) bottom(after).writtenBytes() / after.writeback().writtenPayloadBytes(),
            Target.atMost(1.04),
            "bytes written, headers and footers included"));
  }

  private static String note(long refaults, long fromRam) {
    return fromRam == 0
        ? "limit: pread, CRC32C, decompress"
        : String.format(
            Locale.ROOT, "%.1f %% came from RAM", 100.0 * fromRam / (refaults + fromRam));
  }

  private static TierStats bottom(StoreStats stats) {
    return stats.tiers().get(stats.tiers().size() - 1);
  }

  private static FileChannel write(BareZpages zpages, Path path) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer all = zpages.packed();
    while (all.hasRemaining()) {
      file.write(all);
    }
    return file;
  }
}
