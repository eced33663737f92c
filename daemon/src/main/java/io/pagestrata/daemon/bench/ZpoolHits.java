// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What density and order of eviction are worth: hits in RAM under recorded swap traffic, of whole
 * stores that differ in their zpool alone, beside exact LRU in a pool of density 1.
 */
final class ZpoolHits implements ZpoolMeasurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final double[] SHARES_OF_PEAK = {0.25, 0.5};

  @Override
  public String name() {
    return "hits";
  }

  @Override
  public int steps(ZpoolContext context) {
    int traces = context.bench().settings().traces().size();
    return traces * SHARES_OF_PEAK.length * context.kinds().size();
  }

  @Override
  public void run(ZpoolContext context, Consumer<ZpoolRow> rows) throws Exception {
    int pages = context.bench().pages().count();
    double payloadBytes = (double) context.zpages().payloadBytes() / pages;
    for (Path file : context.bench().settings().traces()) {
      SwapTrace trace = SwapTrace.read(file);
      for (double share : SHARES_OF_PEAK) {
        long wanted = (long) (trace.peakLivePages() * share * payloadBytes) / MIB * MIB;
        long ramBytes = Math.max(8 * MIB, wanted);
        String name =
            file.getFileName().toString().replaceFirst("[.].*", "")
                + String.format(Locale.ROOT, ", %d MiB", ramBytes / MIB);
        ZpoolRow hits = new ZpoolRow("hits, " + name, Unit.RATIO);
        ZpoolRow written = new ZpoolRow("zpages written back, " + name, Unit.COUNT);
        for (ZpoolKind kind : context.kinds()) {
          context.begin("hits, " + name, kind);
          long limitBytes = replay(context, trace, kind, ramBytes, hits, written);
          if (hits.limit() == null) {
            int fit = (int) (limitBytes / (ZpageHeader.BYTES + payloadBytes));
            double reads = TraceReplay.reads(trace);
            hits.limit(TraceReplay.exactLruHits(trace, fit) / reads)
                .note(String.format(Locale.ROOT, "limit: exact LRU of %,d pages", fit));
          }
        }
        rows.accept(hits);
        rows.accept(written);
      }
    }
  }

  /** Answers what the page table and the buffers left of the RAM. */
  private static long replay(
      ZpoolContext context,
      SwapTrace trace,
      ZpoolKind kind,
      long ramBytes,
      ZpoolRow hits,
      ZpoolRow written)
      throws Exception {
    BenchContext bench = context.bench();
    long diskBytes = 4 * SEGMENT_BYTES + 2L * trace.peakLivePages() * context.pageBytes();
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store =
            BenchStores.tiered(
                bench.settings().withZpool(ZpoolRow.word(kind)),
                directory.path(),
                ramBytes,
                diskBytes,
                SEGMENT_BYTES,
                PromotionMode.REFAULT_DISTANCE)) {
      TraceReplay.Result result =
          new TraceReplay(store, bench.pages(), bench.stop()).withRests().run(trace);
      StoreStats stats = store.stats();
      hits.put(kind, (double) result.hits() / result.reads());
      written.put(kind, stats.tiers().get(1).storedZpages());
      return stats.tiers().get(0).limitBytes();
    }
  }
}
