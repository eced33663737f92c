// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.ReportFields;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
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

class BenchTest {
  @TempDir private Path directory;

  private Optional<Report> run(BooleanSupplier stop) throws Exception {
    BenchSettings settings =
        new BenchSettings(
            List.of(input()),
            List.of(),
            Set.of("codec", "scaling"),
            "lz4",
            "log",
            "s3-fifo",
            4096,
            directory,
            1,
            1,
            64,
            1000,
            5);
    Progress progress =
        new Progress(new PrintWriter(new StringWriter()), ProgressStyle.PLAIN, System::nanoTime);
    return new Bench(settings, progress, stop).run();
  }

  private Path input() throws IOException {
    byte[] content = new byte[64 * 4096];
    Random random = new Random(3);
    for (int i = 0; i < content.length; i += 2) {
      content[i] = (byte) random.nextInt();
    }
    return Files.write(directory.resolve("input"), content);
  }

  @Test
  void everyFieldOfTheReportIsExplained() throws Exception {
    ReportFields.assertExplained(run(() -> false).orElseThrow());
  }

  @Test
  void scalingStandsBesideThatOfTheBareCodec() throws Exception {
    Map<String, String> fields = ReportFields.of(run(() -> false).orElseThrow());
    String row =
        fields.entrySet().stream()
            .filter(field -> field.getValue().equals("2 threads / 1, get"))
            .map(field -> field.getKey().replace("name", ""))
            .findFirst()
            .orElseThrow();
    double ours = Double.parseDouble(fields.get(row + "ours"));
    double limit = Double.parseDouble(fields.get(row + "limit"));
    assertThat(Double.parseDouble(fields.get(row + "ratio"))).isEqualTo(ours / limit);
    assertThat(fields).containsEntry(row + "met", Boolean.toString(ours >= 1.7));
    assertThat(fields.get(row + "note")).startsWith("limit: bare codec, which reached ");
  }

  @Test
  void aStoppedBenchmarkHasNoReport() throws Exception {
    assertThat(run(() -> true)).isEmpty();
  }
}
