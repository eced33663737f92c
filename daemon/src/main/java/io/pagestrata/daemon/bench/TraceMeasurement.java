// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/** Hits of the RAM tier under recorded swap traffic, beside exact LRU of as many pages. */
final class TraceMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final double[] SHARES_OF_PEAK = {0.25, 0.5, 0.75};

  @Override
  public String name() {
    return "trace";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    BareZpages zpages = new BareZpages(bench.pages(), bench.codec());
    double zpageBytes = (double) zpages.payloadBytes() / bench.pages().count();
    for (Path file : bench.settings().traces()) {
      SwapTrace trace = SwapTrace.read(file);
      for (double share : SHARES_OF_PEAK) {
        long ramBytes = (long) (trace.peakLivePages() * share * zpageBytes) / MIB * MIB;
        rows.accept(row(bench, file, trace, Math.max(8 * MIB, ramBytes)));
      }
    }
  }

  private static BenchRow row(BenchContext bench, Path file, SwapTrace trace, long ramBytes)
      throws Exception {
    long diskBytes = 4 * SEGMENT_BYTES + 2L * trace.peakLivePages() * bench.pages().pageBytes();
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store =
            BenchStores.tiered(
                bench.settings(),
                directory.path(),
                ramBytes,
                diskBytes,
                SEGMENT_BYTES,
                PromotionMode.REFAULT_DISTANCE)) {
      TraceReplay replay = new TraceReplay(store, bench.pages(), bench.stop());
      TraceReplay.Result result = replay.run(trace);
      double lru = TraceReplay.exactLruHits(trace, result.meanPagesInRam());
      double ours = (double) result.hits() / result.reads();
      return new BenchRow(
          "hits, "
              + file.getFileName().toString().replaceFirst("[.].*", "")
              + String.format(Locale.ROOT, ", %d MiB", ramBytes / MIB),
          Unit.RATIO,
          ours,
          lru / result.reads(),
          ours * result.reads() / lru,
          Target.atLeast(0.97),
          String.format(Locale.ROOT, "limit: exact LRU of %,d pages", result.meanPagesInRam()));
    }
  }
}
