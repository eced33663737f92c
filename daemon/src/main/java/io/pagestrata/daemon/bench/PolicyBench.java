// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.FieldSection;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.TableSection;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.daemon.terminal.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Compares the eviction policies: hits in RAM of whole stores under recorded swap traffic, beside
 * exact LRU and the optimum of as many pages. For one thread, used once.
 */
public final class PolicyBench {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final double[] SHARES_OF_PEAK = {0.125, 0.25, 0.5, 0.75};

  private final BenchSettings settings;
  private final Progress progress;
  private final BooleanSupplier stop;
  private volatile String running = "";

  /**
   * Makes a comparison that has not run yet.
   *
   * @param settings what the user asked for; its eviction policy does not matter
   * @param progress shows how far it is
   * @param stop asked often; true ends the benchmark early
   */
  public PolicyBench(BenchSettings settings, Progress progress, BooleanSupplier stop) {
    this.settings = settings;
    this.progress = progress;
    this.stop = stop;
  }

  /**
   * Runs the comparison.
   *
   * @return the table, or empty when it was stopped
   * @throws InputException when the input cannot be used
   * @throws Exception when the disk fails
   */
  public Optional<Report> run() throws Exception {
    BenchHead head = BenchHead.take(settings);
    BenchContext bench = head.open(stop);
    BareZpages zpages = new BareZpages(bench.pages(), bench.codec());
    double zpageBytes = ZpageHeader.BYTES + (double) zpages.payloadBytes() / bench.pages().count();
    Report report = new Report("bench policies", Pagestrata.version());
    FieldSection section = new FieldSection("settings", "Comparison of eviction policies");
    head.addTo(section, bench);
    section
        .add("zpool", "zpool of the stores", Unit.TEXT, settings.zpool())
        .add("zpageBytes", "mean size of a zpage", Unit.BYTES, (long) zpageBytes);
    report.add(section);
    TableSection table = table();
    int steps = settings.traces().size() * SHARES_OF_PEAK.length * Eviction.values().length;
    progress.begin("comparing", steps, 0, () -> running);
    try {
      for (Path file : settings.traces()) {
        SwapTrace trace = SwapTrace.read(file);
        String name = file.getFileName().toString().replaceFirst("[.].*", "");
        for (double share : SHARES_OF_PEAK) {
          table.row(row(bench, name, trace, share, zpageBytes));
        }
      }
    } catch (StoppedException e) {
      return Optional.empty();
    } finally {
      progress.end();
    }
    report.add(table);
    return Optional.of(report);
  }

  private static TableSection table() {
    TableSection table =
        new TableSection("results", "Share of page reads served from RAM")
            .column("trace", "trace", Unit.TEXT)
            .column("ramBytes", "RAM", Unit.BYTES)
            .column("shareOfPeak", "of all", Unit.RATIO)
            .column("pages", "pages that fit", Unit.COUNT);
    for (Eviction eviction : Eviction.values()) {
      table.column(eviction.name().toLowerCase(Locale.ROOT), word(eviction), Unit.RATIO);
    }
    return table
        .column("exactLru", "exact LRU", Unit.RATIO)
        .column("optimum", "optimum", Unit.RATIO)
        .column("best", "best", Unit.TEXT);
  }

  private Object[] row(
      BenchContext bench, String name, SwapTrace trace, double share, double zpageBytes)
      throws Exception {
    long wanted = (long) (trace.peakLivePages() * share * zpageBytes) / MIB * MIB;
    long ramBytes = Math.max(8 * MIB, wanted);
    List<Object> cells = new ArrayList<>(List.of(name, ramBytes, share));
    double best = -1;
    String bestWord = "";
    int fit = 0;
    for (Eviction eviction : Eviction.values()) {
      begin(String.format(Locale.ROOT, "%s, %d MiB, %s", name, ramBytes / MIB, word(eviction)));
      Replay replay = replay(bench, trace, eviction, ramBytes);
      if (fit == 0) {
        fit = (int) (replay.limitBytes / zpageBytes);
        cells.add((long) fit);
      }
      cells.add(replay.hitRatio);
      if (replay.hitRatio > best) {
        best = replay.hitRatio;
        bestWord = word(eviction);
      }
    }
    double reads = TraceReplay.reads(trace);
    cells.add(TraceReplay.exactLruHits(trace, fit) / reads);
    cells.add(Optimum.hits(trace, fit) / reads);
    cells.add(bestWord);
    return cells.toArray();
  }

  private void begin(String what) {
    progress.advance(running.isEmpty() ? 0 : 1);
    running = what;
  }

  private record Replay(double hitRatio, long limitBytes) {}

  private static Replay replay(
      BenchContext bench, SwapTrace trace, Eviction eviction, long ramBytes) throws Exception {
    long diskBytes = 4 * SEGMENT_BYTES + 2L * trace.peakLivePages() * bench.pages().pageBytes();
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store =
            BenchStores.tiered(
                bench.settings().withEviction(word(eviction)),
                directory.path(),
                ramBytes,
                diskBytes,
                SEGMENT_BYTES,
                PromotionMode.REFAULT_DISTANCE)) {
      TraceReplay.Result result =
          new TraceReplay(store, bench.pages(), bench.stop()).withRests().run(trace);
      // What page table and buffers left of the RAM.
      long limitBytes = store.stats().tiers().get(0).limitBytes();
      return new Replay((double) result.hits() / result.reads(), limitBytes);
    }
  }

  private static String word(Eviction eviction) {
    return eviction.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
