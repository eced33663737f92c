// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.report.FieldSection;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.TableSection;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.daemon.terminal.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Runs measurements one after the other and makes the table. For one thread, used once. */
public final class Bench {
  private final String command;
  private final List<Measurement> measurements;
  private final BenchSettings settings;
  private final Progress progress;
  private final BooleanSupplier stop;
  private volatile String running = "";

  /**
   * Makes a benchmark that has not run yet.
   *
   * @param settings what the user asked for
   * @param progress shows how far it is
   * @param stop asked often; true ends the benchmark early
   */
  public Bench(BenchSettings settings, Progress progress, BooleanSupplier stop) {
    this("bench", usual(settings), settings, progress, stop);
    if (settings.parts().isEmpty() && settings.traces().isEmpty()) {
      progress.note(
          "no swap traffic to replay; to have it, give --trace FILE (form: docs/benchmarks.md)");
    }
  }

  /** Makes one of other measurements, each of which is wanted. */
  Bench(
      String command,
      List<Measurement> measurements,
      BenchSettings settings,
      Progress progress,
      BooleanSupplier stop) {
    this.command = command;
    this.measurements = measurements;
    this.settings = settings;
    this.progress = progress;
    this.stop = stop;
  }

  private static List<Measurement> all() {
    return List.of(
        new CodecMeasurement(),
        new PutMeasurement(),
        new GetMeasurement(),
        new ScalingMeasurement(),
        new AllocationMeasurement(),
        new RefaultMeasurement(),
        new WritebackMeasurement(),
        new EncryptionMeasurement(),
        new MemoryMeasurement(),
        new AmplificationMeasurement(),
        new DurableMeasurement(),
        new DeduplicationMeasurement(),
        new PageSizeMeasurement(),
        new DictionaryMeasurement(),
        new ChainMeasurement(),
        new TraceMeasurement());
  }

  private static List<Measurement> usual(BenchSettings settings) {
    return all().stream().filter(one -> isWanted(one, settings)).toList();
  }

  private static boolean isWanted(Measurement measurement, BenchSettings settings) {
    if (measurement instanceof TraceMeasurement && settings.traces().isEmpty()) {
      return false;
    }
    return settings.parts().isEmpty() || settings.parts().contains(measurement.name());
  }

  /**
   * Names of all measurements.
   *
   * @return in the order in which they run
   */
  public static List<String> names() {
    return all().stream().map(Measurement::name).toList();
  }

  /**
   * Runs the benchmark.
   *
   * @return the table, or empty when it was stopped
   * @throws InputException when the input cannot be used
   * @throws Exception when the store or the disk fails
   */
  public Optional<Report> run() throws Exception {
    BenchHead head = BenchHead.take(settings);
    BenchContext bench = head.open(stop);
    List<BenchRow> rows = new ArrayList<>();
    progress.begin("measuring", measurements.size(), 0, () -> running);
    try {
      for (Measurement measurement : measurements) {
        running = measurement.name();
        measurement.run(bench, rows::add);
        progress.advance(1);
      }
    } catch (StoppedException e) {
      return Optional.empty();
    } finally {
      progress.end();
    }
    return Optional.of(report(head, bench, rows));
  }

  private Report report(BenchHead head, BenchContext bench, List<BenchRow> rows) {
    Report report = new Report(command, Pagestrata.version());
    FieldSection section = new FieldSection("settings", "Benchmark");
    head.addTo(section, bench);
    section.add("zpool", "allocator in their RAM tiers", Unit.TEXT, settings.zpool());
    report.add(section);
    TableSection table =
        new TableSection("results", "Medians; ours beside what bounds it")
            .column("name", "measured", Unit.TEXT)
            .column("ours", "ours", Unit.RATIO)
            .column("limit", "limit", Unit.RATIO)
            .column("ratio", "ratio", Unit.RATIO)
            .column("target", "target", Unit.TEXT)
            .column("met", "met", Unit.FLAG)
            .column("unit", null, Unit.TEXT)
            .column("note", "note", Unit.TEXT);
    for (BenchRow row : rows) {
      table
          .row(
              row.name(),
              row.ours(),
              row.limit(),
              row.ratio(),
              row.target().toString(),
              row.isMet(),
              row.unit().toString().toLowerCase(Locale.ROOT),
              row.note())
          .showAs("ours", row.unit())
          .showAs("limit", row.unit());
    }
    report.add(table);
    return report;
  }
}
