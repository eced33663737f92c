// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.demo.Demo;
import io.pagestrata.daemon.demo.DemoResult;
import io.pagestrata.daemon.demo.DemoSettings;
import io.pagestrata.daemon.report.JsonReport;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
import io.pagestrata.daemon.terminal.ProgressTicker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Drives real bytes through RAM and disk and proves that every one came back. */
@Command(
    name = "demo",
    description = {
      "Cut files into pages, put them all through a RAM tier much smaller than the data, overwrite,"
          + " flush and read back while pages move to disk, and verify every byte.",
      "Sizes are numbers with a unit, such as 64MiB.",
      "A page that was not right, or a put that was refused, makes it fail."
    })
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files to take the pages from (default: large files of this JDK).")
  private List<Path> inputs = List.of();

  @Option(
      names = "--pages",
      paramLabel = "N",
      description = "Take no more than the first N pages (default: all).")
  private Integer mostPages;

  @Option(
      names = "--ram",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Memory of the store (default: a sixth of the data).")
  private Long ramBytes;

  @Option(
      names = "--disk-dir",
      paramLabel = "DIR",
      description =
          "Directory for the segments, which are deleted at the end, and so is the directory if it"
              + " is made for them (default: a new one).")
  private Path diskDirectory;

  @Option(
      names = "--disk",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Most bytes of segments on disk (default: twice the data).")
  private Long diskBytes;

  @Option(
      names = "--remote",
      paramLabel = "URI",
      description =
          "Put a Redis or Valkey server between RAM and disk: redis://host:port, or"
              + " rediss://host:port with TLS (default: none).")
  private String remote;

  @Mixin private LoginOptions login;

  @Option(
      names = "--page-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      defaultValue = "4KiB",
      description = "Page size: 4KiB to 64KiB, a power of two (default: ${DEFAULT-VALUE}).")
  private long pageBytes;

  @Option(
      names = "--codec",
      paramLabel = "NAME",
      defaultValue = "lz4",
      description =
          "Codec of puts: lz4, zstd-LEVEL such as zstd-1, or none (default: ${DEFAULT-VALUE}).")
  private String codec;

  @Option(
      names = "--dense",
      paramLabel = "NAME",
      defaultValue = "zstd-1",
      description =
          "Codec of a second RAM tier that takes what sinks out of the first, and most of the RAM"
              + " where that is enough for two; none for one RAM tier (default:"
              + " ${DEFAULT-VALUE}).")
  private String denser;

  @Option(
      names = "--zpool",
      paramLabel = "KIND",
      defaultValue = "log",
      description =
          "Allocator in RAM: log, zsmalloc, zbud or chronicle (default: ${DEFAULT-VALUE}).")
  private String zpool;

  @Option(
      names = "--eviction",
      paramLabel = "POLICY",
      defaultValue = "s3-fifo",
      description =
          "What leaves RAM first: s3-fifo, second-chance or lru (default: ${DEFAULT-VALUE}).")
  private String eviction;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that put and get (default: one for each core).")
  private Integer threads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of every random choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the report as JSON, too.")
  private Path reportFile;

  @Option(names = "--log", description = "Show the writeback monitor log on standard error.")
  private boolean log;

  @Option(names = "--log-json", description = "The same as one JSON object a line.")
  private boolean logJson;

  @Override
  public Integer call() throws Exception {
    DemoSettings settings = settings();
    login.checkFiles();
    ReportFile.checkWritable(reportFile);
    if (log || logJson) {
      Logging.showMonitorLog();
    }
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    // Log lines would tear a bar apart.
    ProgressStyle style = log || logJson ? ProgressStyle.PLAIN : ProgressStyle.detect();
    Progress progress = new Progress(err, style, System::nanoTime);
    try (StopSignal stop = new StopSignal()) {
      Demo demo = new Demo(settings, progress, stop);
      DemoResult result = ProgressTicker.during(progress, demo::run);
      if (result.stopped()) {
        err.println("pagestrata demo: stopped, nothing is left behind");
        err.flush();
        return ExitStatus.INTERRUPTED;
      }
      result.report().print(out);
      if (reportFile != null) {
        JsonReport.write(result.report(), reportFile);
      }
      for (String complaint : result.complaints()) {
        err.println("pagestrata demo: " + complaint);
      }
      return result.succeeded() ? ExitStatus.OK : ExitStatus.FAILED;
    }
  }

  private DemoSettings settings() {
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (workers < 1 || workers > DemoSettings.MOST_THREADS) {
      throw new ParameterException(
          spec.commandLine(),
          "--threads " + workers + " is not from 1 to " + DemoSettings.MOST_THREADS);
    }
    if (mostPages != null && mostPages < 1) {
      throw new ParameterException(spec.commandLine(), "--pages " + mostPages + " is not above 0");
    }
    return new DemoSettings(
        inputs,
        mostPages == null ? Integer.MAX_VALUE : mostPages,
        PageSize.check(spec, pageBytes),
        Optional.ofNullable(ramBytes),
        Optional.ofNullable(diskDirectory),
        Optional.ofNullable(diskBytes),
        login.at(remote, spec),
        codec,
        // The codec of puts once more would only be tried in vain.
        Optional.of(denser).filter(name -> !name.equals("none") && !name.equals(codec)),
        zpool,
        eviction,
        workers,
        seed,
        log || logJson,
        logJson);
  }
}
