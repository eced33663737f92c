// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.input.JdkFiles;
import io.pagestrata.daemon.report.FieldSection;
import io.pagestrata.daemon.report.Unit;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * What a benchmark starts from and tells at the head of its report: input, machine, load.
 *
 * @param settings what the user asked for
 * @param load load average before there was any load of our own, NaN where there is none
 */
record BenchHead(BenchSettings settings, double load) {
  private static final long DEFAULT_INPUT_BYTES = 128L << 20;

  static BenchHead take(BenchSettings settings) {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    // Systems without a load average answer with a negative number.
    return new BenchHead(settings, load < 0 ? Double.NaN : load);
  }

  BenchContext open(BooleanSupplier stop) throws InputException {
    List<Path> files =
        settings.inputs().isEmpty()
            ? JdkFiles.atLeast(Path.of(System.getProperty("java.home")), DEFAULT_INPUT_BYTES)
            : settings.inputs();
    InputPages input = InputPages.open(files, settings.pageBytes());
    SamplePages pages = SamplePages.take(input, settings.samplePages());
    return new BenchContext(settings, files, pages, stop);
  }

  void addTo(FieldSection section, BenchContext bench) {
    int processors = Runtime.getRuntime().availableProcessors();
    section
        .add(
            "inputFiles",
            "input files",
            Unit.TEXT,
            bench.files().stream().map(Path::toString).collect(Collectors.joining(", ")))
        .add("samplePages", "sample pages", Unit.COUNT, (long) bench.pages().count())
        .add("pageBytes", "page size", Unit.BYTES, (long) bench.pages().pageBytes())
        .add("codec", "codec of the stores", Unit.TEXT, settings.codec())
        .add("rounds", "rounds", Unit.COUNT, (long) settings.rounds())
        .add("java", "Java", Unit.TEXT, Runtime.version().toString())
        .add(
            "machine",
            "machine",
            Unit.TEXT,
            String.format(
                Locale.ROOT, "%s %s", System.getProperty("os.name"), System.getProperty("os.arch")))
        .add("processors", "processors", Unit.COUNT, (long) processors)
        .add("loadAverage", "load average at the start", Unit.RATIO, load)
        .add("loadPerProcessor", "of it on each processor", Unit.RATIO, load / processors);
  }
}
