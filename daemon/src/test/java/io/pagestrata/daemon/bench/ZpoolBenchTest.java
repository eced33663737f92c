// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.ReportFields;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZpoolBenchTest {
  private static final int PAGES = 512;
  private static final int PAGE_BYTES = 4096;
  private static final long POOL_BYTES = 8L << 20;

  @TempDir private Path directory;

  private Optional<Report> run(BooleanSupplier stop, List<Path> traces, String... parts)
      throws Exception {
    BenchSettings settings =
        new BenchSettings(
            List.of(input()),
            traces,
            Set.of(parts),
            "lz4",
            "log",
            "s3-fifo",
            PAGE_BYTES,
            directory,
            1,
            1,
            PAGES,
            1,
            5);
    Progress progress =
        new Progress(new PrintWriter(new StringWriter()), ProgressStyle.PLAIN, System::nanoTime);
    return new ZpoolBench(settings, POOL_BYTES, progress, stop).run();
  }

  /** Pages of which more and more does not compress. */
  private Path input() throws IOException {
    byte[] content = new byte[PAGES * PAGE_BYTES];
    Random random = new Random(3);
    for (int page = 0; page < PAGES; page++) {
      for (int i = 0; i < 300 + page * 5; i++) {
        content[page * PAGE_BYTES + i] = (byte) random.nextInt();
      }
    }
    return Files.write(directory.resolve("input"), content);
  }

  /** The field of the figure of that name. */
  private static double figure(Map<String, String> fields, String name, String field) {
    String row =
        fields.entrySet().stream()
            .filter(entry -> entry.getValue().equals(name))
            .map(entry -> entry.getKey().replaceFirst("name$", field))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(fields.get(row));
  }

  // At 8 MiB no size class of zsmalloc has enough zspages for the density of real pools.
  @Test
  void densityAndWhatReclaimGivesBackAreThoseOfTheDesigns() throws Exception {
    Report report = run(() -> false, List.of(), "density", "reclaim").orElseThrow();
    ReportFields.assertExplained(report);
    Map<String, String> fields = ReportFields.of(report);
    String freed = "memory freed per byte evicted";
    for (String kind : List.of("log", "zsmalloc", "zbud", "chronicle")) {
      assertThat(figure(fields, "density filled, real", kind)).as(kind).isBetween(0.3, 1.0);
      double whole = figure(fields, "density in churn, real", kind);
      assertThat(figure(fields, "payload alone, in churn, real", kind)).isLessThan(whole);
    }
    assertThat(figure(fields, "density in churn, real", "log")).isGreaterThan(0.85);
    assertThat(figure(fields, "density in churn, half a page and a bit", "zbud")).isLessThan(0.6);
    assertThat(figure(fields, "zpages copied per put, real", "zbud")).isZero();
    assertThat(figure(fields, freed, "log")).isGreaterThanOrEqualTo(0.95);
    assertThat(figure(fields, freed, "zbud")).isGreaterThanOrEqualTo(0.95);
    assertThat(figure(fields, freed, "zsmalloc")).isLessThan(0.8);
    assertThat(figure(fields, freed, "chronicle")).isZero();
    assertThat(figure(fields, "the same with compaction", "zsmalloc")).isGreaterThan(0.8);
    assertThat(figure(fields, "of the evicted, among the oldest", "log")).isBetween(0.5, 1.0);
  }

  @Test
  void timesStandBesideBareCopies() throws Exception {
    Report report = run(() -> false, List.of(), "speed", "pause").orElseThrow();
    ReportFields.assertExplained(report);
    Map<String, String> fields = ReportFields.of(report);
    for (String row : List.of("store, 1 thread", "load, 2 threads", "99.9 % of stores within")) {
      for (String column : List.of("limit", "log", "zsmalloc", "zbud", "chronicle")) {
        assertThat(figure(fields, row, column)).as(row + ", " + column).isPositive();
      }
    }
  }

  @Test
  void hitsStandBesideExactLru() throws Exception {
    Path trace = directory.resolve("small.swt");
    Files.write(trace, SwapTraceTest.trace(new int[] {1, 0, 16}, new int[] {0, 2, 9}));
    Report report = run(() -> false, List.of(trace), "hits").orElseThrow();
    ReportFields.assertExplained(report);
    Map<String, String> fields = ReportFields.of(report);
    for (String column : List.of("limit", "log", "zsmalloc", "zbud", "chronicle")) {
      assertThat(figure(fields, "hits, small, 8 MiB", column)).as(column).isEqualTo(1);
    }
  }

  @Test
  void aStoppedComparisonHasNoReport() throws Exception {
    assertThat(run(() -> true, List.of())).isEmpty();
  }

  @Test
  void aTargetIsMetWhenEveryKindThatWasMeasuredMeetsIt() {
    ZpoolRow row = new ZpoolRow("freed", Unit.RATIO);
    assertThat(row.isMet()).isNull();
    row.target(Target.atLeast(0.95), ZpoolKind.LOG, ZpoolKind.CHRONICLE);
    assertThat(row.isMet()).isNull();
    row.put(ZpoolKind.LOG, 0.96);
    row.put(ZpoolKind.ZBUD, 0.5);
    assertThat(row.isMet()).isTrue();
    row.put(ZpoolKind.CHRONICLE, 0.0);
    assertThat(row.isMet()).isFalse();
    assertThat(row.targetWords()).isEqualTo("log, chronicle >= 0.95");
  }
}
