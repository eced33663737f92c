// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.daemon.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwapTraceTest {
  private static final int DEVICE_PAGES = 16;

  @TempDir private Path directory;

  /** Each record is operation, first page, pages. */
  static byte[] trace(int[]... records) {
    ByteBuffer bytes = ByteBuffer.allocate(32 + records.length * 16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("SWPTRC01".getBytes(StandardCharsets.US_ASCII)).putInt(4096).putInt(16);
    bytes.putLong(DEVICE_PAGES).putLong(records.length);
    for (int[] record : records) {
      bytes.put((byte) record[0]).put((byte) 0).putShort((short) 0);
      bytes.putInt(record[1]).putInt(record[2]).putInt(100);
    }
    return bytes.array();
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("trace.swt"), content);
  }

  @Test
  void readsRecordsInOrder() throws Exception {
    SwapTrace trace = SwapTrace.read(file(trace(new int[] {1, 3, 2}, new int[] {0, 4, 1})));
    assertThat(trace.records()).isEqualTo(2);
    assertThat(trace.devicePages()).isEqualTo(DEVICE_PAGES);
    assertThat(trace.operation(0)).isEqualTo(SwapTrace.WRITE);
    assertThat(trace.firstPage(0)).isEqualTo(3);
    assertThat(trace.pageCount(0)).isEqualTo(2);
    assertThat(trace.operation(1)).isEqualTo(SwapTrace.READ);
    assertThat(trace.firstPage(1)).isEqualTo(4);
  }

  @Test
  void readsGzipAsWell() throws Exception {
    Path file = directory.resolve("trace.swt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(trace(new int[] {2, 0, 16}));
    }
    assertThat(SwapTrace.read(file).operation(0)).isEqualTo(SwapTrace.TRIM);
  }

  @Test
  void countsPagesThatAreAliveTogether() throws Exception {
    SwapTrace trace =
        SwapTrace.read(
            file(
                trace(
                    new int[] {1, 0, 4},
                    new int[] {1, 2, 4},
                    new int[] {2, 0, 5},
                    new int[] {1, 8, 2})));
    assertThat(trace.peakLivePages()).isEqualTo(6);
  }

  @Test
  void refusesWhatIsNoTrace() throws IOException {
    byte[] good = trace(new int[] {1, 0, 4});
    byte[] wrongMagic = good.clone();
    wrongMagic[0] = 'X';
    assertRefused(wrongMagic, "not a swap trace");
    assertRefused(Arrays.copyOf(good, good.length - 1), "the trace ends too early");
    assertRefused(Arrays.copyOf(good, 10), "the trace ends too early");
    assertRefused(trace(new int[] {1, 15, 2}), "record 0 leaves the device");
  }

  private void assertRefused(byte[] content, String complaint) throws IOException {
    Path file = file(content);
    assertThatThrownBy(() -> SwapTrace.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(complaint + ": " + file);
  }

  @Test
  void exactLruCountsOnlyReadsOfWrittenPages() throws Exception {
    SwapTrace trace =
        SwapTrace.read(
            file(
                trace(
                    new int[] {0, 9, 1}, // never written: no read that counts
                    new int[] {1, 0, 2},
                    new int[] {0, 0, 1}, // hit, makes page 1 the oldest
                    new int[] {1, 2, 1}, // pushes page 1 out
                    new int[] {0, 1, 1}, // miss
                    new int[] {2, 0, 16},
                    new int[] {0, 2, 1}))); // trimmed: does not count
    assertThat(TraceReplay.exactLruHits(trace, 2)).isEqualTo(1);
    assertThat(TraceReplay.reads(trace)).isEqualTo(2);
  }
}
