// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.report.ReportFields;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  private static final long MIB = 1L << 20;
  private static final Pattern DIRECTORY = Pattern.compile("on disk in (\\S+)");

  @TempDir private Path directory;
  private final StringWriter painted = new StringWriter();

  /** Half compressible, half not, with an odd length. */
  private Path input(int bytes) throws IOException {
    byte[] content = new byte[bytes];
    Random random = new Random(7);
    for (int i = 0; i < bytes; i += 64) {
      byte[] line = new byte[32];
      random.nextBytes(line);
      System.arraycopy(line, 0, content, i, Math.min(line.length, bytes - i));
    }
    return Files.write(directory.resolve("input"), content);
  }

  private DemoSettings settings(Path input, long diskBytes, int threads) {
    return settings(input, 8 * MIB, diskBytes, threads, Optional.empty());
  }

  private DemoSettings settings(
      Path input, long ramBytes, long diskBytes, int threads, Optional<String> denser) {
    return new DemoSettings(
        List.of(input),
        Integer.MAX_VALUE,
        4096,
        Optional.of(ramBytes),
        Optional.empty(),
        Optional.of(diskBytes),
        Optional.empty(),
        "lz4",
        denser,
        "log",
        "lru",
        threads,
        11,
        false,
        false);
  }

  private DemoResult run(DemoSettings settings, BooleanSupplier stop) throws Exception {
    Progress progress =
        new Progress(new PrintWriter(painted), ProgressStyle.PLAIN, System::nanoTime);
    return new Demo(settings, progress, stop).run();
  }

  private Path segmentDirectory() {
    Matcher matcher = DIRECTORY.matcher(painted.toString());
    assertThat(matcher.find()).as(painted.toString()).isTrue();
    return Path.of(matcher.group(1));
  }

  private static Map<String, String> figures(DemoResult result) throws IOException {
    return ReportFields.of(result.report());
  }

  @Test
  void everyPageComesBackRightThroughTwoTiersOfRam() throws Exception {
    Path input = input((int) (64 * MIB));
    Optional<String> zstd = Optional.of("zstd-1");
    DemoResult result = run(settings(input, 17 * MIB, 128 * MIB, 2, zstd), () -> false);
    assertThat(result.complaints()).isEmpty();
    assertThat(result.succeeded()).isTrue();
    Map<String, String> figures = figures(result);
    assertThat(figures)
        .containsEntry("/tiers/1/tier", "dense")
        .containsEntry("/settings/denser", "zstd-1");
    // Too little for two: one tier takes it all.
    Map<String, String> one =
        figures(run(settings(input, 8 * MIB, 128 * MIB, 2, zstd), () -> false));
    assertThat(one)
        .containsEntry("/tiers/1/tier", "file")
        .containsEntry("/settings/denser", "none");
  }

  @Test
  void everyPageComesBackRightThroughAllTiers() throws Exception {
    Path input = input((int) (32 * MIB) + 1000);
    DemoResult result = run(settings(input, 128 * MIB, 2), () -> false);
    assertThat(result.complaints()).isEmpty();
    assertThat(result.succeeded()).isTrue();
    Map<String, String> figures = figures(result);
    int pages = (int) (32 * MIB / 4096) + 1;
    assertThat(figures)
        .containsEntry("/settings/inputPages", Integer.toString(pages))
        .containsEntry("/verification/pagesVerified", Integer.toString(pages))
        .containsEntry("/verification/mismatches", "0")
        .containsEntry("/verification/everyPageRight", "true")
        .containsEntry("/speed/refusedPuts", "0")
        .containsEntry("/writeback/decompressionsBeforeFirstGet", "0")
        .containsEntry("/tiers/0/tier", "ram")
        .containsEntry("/tiers/1/tier", "file");
    assertThat(Long.parseLong(figures.get("/writeback/zpagesWrittenBeforeFirstGet"))).isPositive();
    assertThat(Long.parseLong(figures.get("/tiers/1/zpages"))).isPositive();
    assertThat(Long.parseLong(figures.get("/gets/1/hits"))).isPositive();
    assertThat(segmentDirectory()).doesNotExist();
  }

  @Test
  void everyFieldOfTheReportIsExplained() throws Exception {
    DemoResult result = run(settings(input((int) MIB), 64 * MIB, 1), () -> false);
    ReportFields.assertExplained(result.report());
  }

  @Test
  void aFullStoreIsToldAndWhatItTookIsRight() throws Exception {
    DemoResult result = run(settings(input((int) (48 * MIB)), 8 * MIB, 2), () -> false);
    assertThat(result.succeeded()).isFalse();
    assertThat(result.complaints())
        .singleElement()
        .asString()
        .startsWith("the store was full: ")
        .endsWith("give --disk or --ram a larger SIZE");
    assertThat(figures(result))
        .containsEntry("/verification/mismatches", "0")
        .containsEntry("/verification/everyPageRight", "true");
  }

  @Test
  void aStoppedDemoLeavesNothingBehind() throws Exception {
    AtomicInteger questions = new AtomicInteger();
    DemoResult result =
        run(
            settings(input((int) (16 * MIB)), 64 * MIB, 2),
            () -> questions.incrementAndGet() > 3000);
    assertThat(result.stopped()).isTrue();
    assertThat(result.succeeded()).isFalse();
    assertThat(segmentDirectory()).doesNotExist();
  }

  private DemoSettings in(Path segments, int pages) throws IOException {
    DemoSettings wanted = settings(input((int) MIB), 64 * MIB, 1);
    return new DemoSettings(
        wanted.inputs(),
        pages,
        wanted.pageBytes(),
        wanted.ramBytes(),
        Optional.of(segments),
        wanted.diskBytes(),
        wanted.remote(),
        wanted.codec(),
        wanted.denser(),
        wanted.zpool(),
        wanted.eviction(),
        wanted.threads(),
        wanted.seed(),
        false,
        false);
  }

  @Test
  void aDirectoryOfTheUserStays() throws Exception {
    Path segments = Files.createDirectory(directory.resolve("segments"));
    DemoResult result = run(in(segments, 100), () -> false);
    assertThat(result.succeeded()).isTrue();
    assertThat(figures(result)).containsEntry("/settings/inputPages", "100");
    assertThat(segments).isDirectoryNotContaining("glob:**.pss");
  }

  @Test
  void aDirectoryThatTheDemoMadeGoes() throws Exception {
    Path segments = directory.resolve("made").resolve("segments");
    assertThat(run(in(segments, 1), () -> false).succeeded()).isTrue();
    assertThat(segments.getParent()).doesNotExist();
    assertThat(painted.toString()).startsWith("1 page of 4KiB from ");
  }

  @Test
  void aDirectoryThatTheDemoMadeStaysWithFilesOfOthers() throws Exception {
    Path segments = directory.resolve("segments");
    AtomicInteger questions = new AtomicInteger();
    BooleanSupplier writeBeside =
        () -> {
          if (questions.getAndIncrement() == 0) {
            createFile(segments.resolve("notes.txt"));
          }
          return false;
        };
    assertThat(run(in(segments, 100), writeBeside).succeeded()).isTrue();
    assertThat(segments.resolve("notes.txt")).exists();
  }

  private static void createFile(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
