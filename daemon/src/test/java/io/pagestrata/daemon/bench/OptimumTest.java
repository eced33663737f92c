// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptimumTest {
  private static final int WRITE = SwapTrace.WRITE;
  private static final int READ = SwapTrace.READ;
  private static final int TRIM = SwapTrace.TRIM;

  @TempDir private Path directory;

  private SwapTrace trace(int[]... records) throws IOException, InputException {
    Path file = directory.resolve("trace.swt");
    return SwapTrace.read(Files.write(file, SwapTraceTest.trace(records)));
  }

  @Test
  void whatIsReadLastLeaves() throws Exception {
    SwapTrace trace =
        trace(
            new int[] {WRITE, 0, 3},
            new int[] {READ, 0, 1},
            new int[] {READ, 1, 1},
            new int[] {READ, 2, 1});
    assertThat(Optimum.hits(trace, 3)).isEqualTo(3);
    assertThat(Optimum.hits(trace, 2)).isEqualTo(2);
    assertThat(Optimum.hits(trace, 1)).isEqualTo(1);
  }

  @Test
  void whatIsWrittenOrTrimmedBeforeItIsReadTakesNoRoom() throws Exception {
    SwapTrace trace =
        trace(
            new int[] {WRITE, 0, 3},
            new int[] {WRITE, 1, 1},
            new int[] {TRIM, 2, 1},
            new int[] {READ, 0, 1},
            new int[] {READ, 2, 1},
            new int[] {READ, 1, 1});
    assertThat(Optimum.hits(trace, 2)).isEqualTo(2);
  }

  @Test
  void noOrderServesMore() throws Exception {
    Random random = new Random(9);
    int[][] records =
        IntStream.range(0, 400)
            .mapToObj(
                i ->
                    new int[] {
                      i < 16 ? WRITE : random.nextInt(3), i < 16 ? i : random.nextInt(16), 1
                    })
            .toArray(int[][]::new);
    SwapTrace trace = trace(records);
    for (int capacity = 1; capacity <= 16; capacity++) {
      assertThat(Optimum.hits(trace, capacity))
          .isGreaterThanOrEqualTo(TraceReplay.exactLruHits(trace, capacity));
    }
    assertThat(Optimum.hits(trace, 16)).isEqualTo(TraceReplay.reads(trace));
  }
}
