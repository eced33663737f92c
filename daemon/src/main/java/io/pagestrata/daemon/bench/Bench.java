// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.input.JdkFiles;
import io.pagestrata.daemon.report.FieldSection;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.TableSection;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.daemon.terminal.Progress;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Runs measurements one after the other and makes the table. For one thread, used once. */
public final class Bench {
  private static final long DEFAULT_INPUT_BYTES = 128L << 20;

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
        new PageSizeMeasurement(),
        new ChainMeasurement(),
        new TraceMeasurement());
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
    // Before there is any load of our own.
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    if (settings.parts().isEmpty() && settings.traces().isEmpty()) {
      progress.note(
          "no swap traffic to replay; to have it, give --trace FILE (form: docs/benchmarks.md)");
    }
    List<Path> files =
        settings.inputs().isEmpty()
            ? JdkFiles.atLeast(Path.of(System.getProperty("java.home")), DEFAULT_INPUT_BYTES)
            : settings.inputs();
    InputPages input = InputPages.open(files, settings.pageBytes());
    BenchContext bench =
        new BenchContext(settings, files, SamplePages.take(input, settings.samplePages()), stop);
    List<BenchRow> rows = new ArrayList<>();
    List<Measurement> wanted = all().stream().filter(this::isWanted).toList();
    progress.begin("measuring", wanted.size(), 0, () -> running);
    try {
      for (Measurement measurement : wanted) {
        running = measurement.name();
        measurement.run(bench, rows::add);
        progress.advance(1);
      }
    } catch (StoppedException e) {
      return Optional.empty();
    } finally {
      progress.end();
    }
    return Optional.of(report(files, bench, rows, load));
  }

  private boolean isWanted(Measurement measurement) {
    if (measurement instanceof TraceMeasurement && settings.traces().isEmpty()) {
      return false;
    }
    return settings.parts().isEmpty() || settings.parts().contains(measurement.name());
  }

  private Report report(List<Path> files, BenchContext bench, List<BenchRow> rows, double load) {
    int processors = Runtime.getRuntime().availableProcessors();
    Report report = new Report("bench", Pagestrata.version());
    report.add(
        new FieldSection("settings", "Benchmark")
            .add(
                "inputFiles",
                "input files",
                Unit.TEXT,
                files.stream().map(Path::toString).collect(Collectors.joining(", ")))
            .add("samplePages", "sample pages", Unit.COUNT, (long) bench.pages().count())
            .add("pageBytes", "page size", Unit.BYTES, (long) bench.pages().pageBytes())
            .add("codec", "codec of the stores", Unit.TEXT, settings.codec())
            .add("zpool", "allocator in their RAM tiers", Unit.TEXT, settings.zpool())
            .add("rounds", "rounds", Unit.COUNT, (long) settings.rounds())
            .add("java", "Java", Unit.TEXT, Runtime.version().toString())
            .add(
                "machine",
                "machine",
                Unit.TEXT,
                String.format(
                    Locale.ROOT,
                    "%s %s",
                    System.getProperty("os.name"),
                    System.getProperty("os.arch")))
            .add("processors", "processors", Unit.COUNT, (long) processors)
            .add("loadAverage", "load average at the start", Unit.RATIO, known(load))
            .add(
                "loadPerProcessor",
                "of it on each processor",
                Unit.RATIO,
                known(load) / processors));
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

  /** Systems without a load average answer with a negative number. */
  private static double known(double load) {
    return load < 0 ? Double.NaN : load;
  }
}
