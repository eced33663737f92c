// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.daemon.bench.BenchSettings;
import io.pagestrata.daemon.demo.OptionWords;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.JsonReport;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
import io.pagestrata.daemon.terminal.ProgressTicker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that every benchmark has, and how one is run. */
final class BenchOptions {
  private static final long ROOMY_BYTES = 1L << 30;
  private static final int MOST_SECONDS = 3600;
  private static final double NANOS_PER_SECOND = 1e9;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Files to take the pages from; .zst files hold raw pages (default: large files of this"
              + " JDK).")
  private List<Path> inputs = List.of();

  @Option(
      names = "--corpus",
      paramLabel = "DIR",
      description = "Take the pages from every .zst file of a directory.")
  private Path corpus;

  @Option(
      names = "--codec",
      paramLabel = "NAME",
      defaultValue = "lz4",
      description = "Codec of the stores (default: ${DEFAULT-VALUE}).")
  private String codec;

  @Option(
      names = "--page-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      defaultValue = "4KiB",
      description = "Page size: 4KiB to 64KiB, a power of two (default: ${DEFAULT-VALUE}).")
  private long pageBytes;

  @Option(
      names = "--disk-dir",
      paramLabel = "DIR",
      description = "Where segments are written for a moment (default: the system's place).")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Samples of each figure; the median is shown (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "0.3",
      description = "Least time of one sample (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "32768",
      description = "Most pages taken from the input (default: ${DEFAULT-VALUE}).")
  private int samplePages;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of every random choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the report as JSON, too.")
  private Path reportFile;

  /** A benchmark that has not run yet. */
  @FunctionalInterface
  interface Work {
    /**
     * Runs it.
     *
     * @param progress shows how far it is
     * @param stop true when the user pressed Ctrl-C
     * @return what it measured, or empty when it was stopped
     * @throws Exception when the store or the disk fails
     */
    Optional<Report> run(Progress progress, BooleanSupplier stop) throws Exception;
  }

  /** Runs a benchmark with progress and Ctrl-C, and tells what it measured. */
  int run(Work work) throws Exception {
    ReportFile.checkWritable(reportFile);
    Logging.showErrorsOnly();
    PrintWriter err = spec.commandLine().getErr();
    Progress progress = new Progress(err, ProgressStyle.detect(), System::nanoTime);
    try (StopSignal stop = new StopSignal()) {
      Optional<Report> report = ProgressTicker.during(progress, () -> work.run(progress, stop));
      if (report.isEmpty()) {
        err.println(spec.qualifiedName() + ": stopped, nothing is left behind");
        err.flush();
        return ExitStatus.INTERRUPTED;
      }
      report.get().print(spec.commandLine().getOut());
      if (reportFile != null) {
        JsonReport.write(report.get(), reportFile);
      }
      return ExitStatus.OK;
    }
  }

  /** What the user asked for, checked. */
  BenchSettings settings(
      Set<String> parts, List<Path> traces, String zpool, String eviction, int tablePages)
      throws InputException, IOException {
    checkPositive("--rounds", rounds);
    checkPositive("--sample", samplePages);
    checkPositive("--pages", tablePages);
    if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
      throw wrong("--seconds " + seconds + " is not above 0 and at most " + MOST_SECONDS);
    }
    checkStores(zpool, eviction);
    if (!Files.isDirectory(directory)) {
      throw new InputException("no such directory: " + directory);
    }
    TemporaryDirectory.checkPossible(directory);
    BenchSettings settings =
        new BenchSettings(
            pageFiles(),
            traces,
            parts,
            codec,
            zpool,
            eviction,
            PageSize.check(spec, pageBytes),
            directory,
            rounds,
            (long) (seconds * NANOS_PER_SECOND),
            samplePages,
            tablePages,
            seed);
    settings.checkTraces();
    return settings;
  }

  /** Checks the names of wanted parts. */
  Set<String> parts(List<String> names, List<String> known) {
    Set<String> wanted = new LinkedHashSet<>(names);
    for (String part : wanted) {
      if (!known.contains(part)) {
        throw wrong("--only knows no '" + part + "', only " + String.join(", ", known));
      }
    }
    return wanted;
  }

  /** Does the same where one part replays traffic, and so needs a trace. */
  Set<String> parts(List<String> names, List<String> known, List<Path> traces, String replaying) {
    Set<String> wanted = parts(names, known);
    if (wanted.contains(replaying) && traces.isEmpty()) {
      throw wrong("--only " + replaying + " needs --trace FILE");
    }
    return wanted;
  }

  ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void checkPositive(String option, int value) {
    if (value < 1) {
      throw wrong(option + " " + value + " is not above 0");
    }
  }

  private void checkStores(String zpool, String eviction) {
    try {
      Pagestrata.builder()
          .ram(ram -> ram.maxSize(ROOMY_BYTES).codec(codec).zpool(zpool).eviction(eviction))
          .build();
    } catch (InvalidConfigurationException e) {
      throw new ParameterException(spec.commandLine(), OptionWords.of(e).problems().get(0), e);
    }
  }

  private List<Path> pageFiles() throws InputException, IOException {
    List<Path> files = new ArrayList<>(inputs);
    if (corpus != null) {
      if (!Files.isDirectory(corpus)) {
        throw new InputException("no such directory: " + corpus);
      }
      try (Stream<Path> found = Files.list(corpus)) {
        found.filter(file -> file.toString().endsWith(".zst")).sorted().forEach(files::add);
      }
      if (files.size() == inputs.size()) {
        throw new InputException("no .zst file in " + corpus);
      }
    }
    return files;
  }
}
