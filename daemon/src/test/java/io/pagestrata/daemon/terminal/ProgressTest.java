// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter painted = new StringWriter();
  private long nanos = 1_000_000;

  private Progress progress(int columns) {
    return new Progress(new PrintWriter(painted, true), new ProgressStyle(columns), () -> nanos);
  }

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void aTerminalSeesOneLinePaintedOver() {
    Progress progress = progress(100);
    progress.begin("put all", 256, 4096, () -> "ram 7");
    pass(1000);
    progress.advance(128);
    progress.tick();
    progress.end();
    String[] states = painted.toString().stripTrailing().split("\r");
    assertThat(states[1].strip())
        .isEqualTo("put all             [....................]   0 %      0.0 MiB/s  ram 7");
    assertThat(states[2].strip())
        .isEqualTo("put all             [##########..........]  50 %      0.5 MiB/s  ram 7");
    assertThat(painted.toString()).endsWith(System.lineSeparator());
    assertThat(painted.toString().chars().filter(c -> c == '\n')).hasSize(1);
  }

  @Test
  void everyStateCoversTheOneBeforeAndNoneWraps() {
    Progress progress = progress(40);
    progress.begin("a phase", 10, 4096, () -> "much more than the terminal is wide");
    pass(200);
    progress.tick();
    assertThat(painted.toString().split("\r"))
        .filteredOn(state -> !state.isEmpty())
        .hasSize(2)
        .allSatisfy(state -> assertThat(state).hasSize(39));
  }

  @Test
  void aTerminalIsPaintedAtMostTenTimesASecond() {
    Progress progress = progress(80);
    progress.begin("put all", 1000, 4096, () -> "");
    for (int i = 0; i < 1000; i++) {
      pass(1);
      progress.tick();
    }
    long paintings = painted.toString().chars().filter(c -> c == '\r').count();
    assertThat(paintings).isEqualTo(1 + 10);
  }

  @Test
  void aFileGetsWholeLinesNowAndThen() {
    Progress progress = progress(0);
    progress.begin("read back all", 100, 4096, () -> "file 9");
    for (int i = 0; i < 60; i++) {
      pass(100);
      progress.advance(1);
      progress.tick();
    }
    progress.end();
    assertThat(painted.toString()).doesNotContain("\r");
    assertThat(painted.toString().lines())
        .containsExactly(
            "read back all        50 %      0.0 MiB/s  file 9",
            "read back all        60 %      0.0 MiB/s  file 9");
  }

  @Test
  void betweenPhasesNothingIsPainted() {
    Progress progress = progress(80);
    progress.tick();
    progress.end();
    assertThat(painted.toString()).isEmpty();
  }

  @Test
  void workWithoutARateShowsNone() {
    Progress progress = progress(0);
    progress.begin("measuring", 2, 0, () -> "codec");
    progress.advance(1);
    progress.end();
    assertThat(painted.toString().strip()).isEqualTo("measuring            50 %  codec");
  }
}
