// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.ReportFields;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
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

class PolicyBenchTest {
  private static final int PAGE_BYTES = 4096;

  @TempDir private Path directory;

  private Optional<Report> run(BooleanSupplier stop) throws Exception {
    byte[] content = new byte[64 * PAGE_BYTES];
    new Random(1).nextBytes(content);
    Path input = Files.write(directory.resolve("input"), content);
    Path trace = directory.resolve("small.swt");
    Files.write(
        trace, SwapTraceTest.trace(new int[] {1, 0, 16}, new int[] {0, 2, 9}, new int[] {2, 0, 4}));
    BenchSettings settings =
        new BenchSettings(
            List.of(input),
            List.of(trace),
            Set.of(),
            "lz4",
            "log",
            "s3-fifo",
            PAGE_BYTES,
            directory,
            1,
            1,
            64,
            1,
            5);
    Progress progress =
        new Progress(new PrintWriter(new StringWriter()), ProgressStyle.PLAIN, System::nanoTime);
    return new PolicyBench(settings, progress, stop).run();
  }

  @Test
  void everyPolicyStandsBesideExactLruAndTheOptimum() throws Exception {
    Report report = run(() -> false).orElseThrow();
    ReportFields.assertExplained(report);
    Map<String, String> fields = ReportFields.of(report);
    for (int size = 0; size < 4; size++) {
      for (String column : List.of("second_chance", "lru", "s3_fifo", "exactLru", "optimum")) {
        String place = "/results/" + size + "/" + column;
        assertThat(Double.parseDouble(fields.get(place))).as(place).isEqualTo(1);
      }
    }
  }

  @Test
  void aStoppedComparisonHasNoReport() throws Exception {
    assertThat(run(() -> true)).isEmpty();
  }
}
