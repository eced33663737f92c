// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.input.InputException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.GZIPInputStream;

/**
 * Recorded swap traffic: requests with an operation, a first page and a number of pages, in the
 * order in which they began. Immutable.
 *
 * <p>The file is little-endian, gzip or plain: a header of 32 bytes (magic {@code SWPTRC01}, page
 * bytes u32, record bytes u32, pages of the device u64, records u64), then records of 16 bytes
 * (operation u8, flags u8, zero u16, first page u32, pages u32, microseconds since the record
 * before u32).
 */
final class SwapTrace {
  static final int READ = 0;
  static final int WRITE = 1;
  static final int TRIM = 2;
  static final int WRITE_ZEROES = 3;

  private static final byte[] MAGIC = "SWPTRC01".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 32;
  private static final int RECORD_BYTES = 16;

  private final int devicePages;
  private final byte[] operations;
  private final int[] firstPages;
  private final int[] pageCounts;

  private SwapTrace(int devicePages, int records) {
    this.devicePages = devicePages;
    operations = new byte[records];
    firstPages = new int[records];
    pageCounts = new int[records];
  }

  /** What is made of the bytes of a trace. */
  @FunctionalInterface
  private interface Use<T> {
    T of(DataInputStream in) throws IOException, InputException;
  }

  static SwapTrace read(Path file) throws InputException {
    return use(file, in -> read(in, file));
  }

  /** Looks whether a file begins as a trace does. */
  static void check(Path file) throws InputException {
    use(file, in -> readHeader(in, file));
  }

  private static <T> T use(Path file, Use<T> use) throws InputException {
    if (!Files.isRegularFile(file)) {
      String what = Files.exists(file) ? "not a plain file: " : "no such file: ";
      throw new InputException(what + file);
    }
    try (InputStream raw = Files.newInputStream(file);
        InputStream buffered = new BufferedInputStream(raw);
        InputStream bytes = isGzip(buffered) ? new GZIPInputStream(buffered, 1 << 16) : buffered) {
      return use.of(new DataInputStream(new BufferedInputStream(bytes, 1 << 16)));
    } catch (EOFException e) {
      throw new InputException("the trace ends too early: " + file);
    } catch (IOException e) {
      throw new InputException("cannot read the trace " + file + ": " + e.getMessage());
    }
  }

  private static boolean isGzip(InputStream in) throws IOException {
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip;
  }

  /** A trace with room for its records. */
  private static SwapTrace readHeader(DataInputStream in, Path file)
      throws IOException, InputException {
    ByteBuffer header = next(in, HEADER_BYTES);
    byte[] magic = new byte[MAGIC.length];
    header.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new InputException("not a swap trace: " + file);
    }
    header.getInt();
    int recordBytes = header.getInt();
    long devicePages = header.getLong();
    long records = header.getLong();
    if (recordBytes != RECORD_BYTES
        || devicePages < 1
        || devicePages > Integer.MAX_VALUE
        || records < 0
        || records > Integer.MAX_VALUE / RECORD_BYTES) {
      throw new InputException("a swap trace of an unknown kind: " + file);
    }
    return new SwapTrace((int) devicePages, (int) records);
  }

  private static SwapTrace read(DataInputStream in, Path file) throws IOException, InputException {
    SwapTrace trace = readHeader(in, file);
    for (int i = 0; i < trace.records(); i++) {
      ByteBuffer record = next(in, RECORD_BYTES);
      trace.operations[i] = record.get(0);
      trace.firstPages[i] = record.getInt(4);
      trace.pageCounts[i] = record.getInt(8);
      if (trace.firstPages[i] < 0
          || trace.pageCounts[i] < 0
          || (long) trace.firstPages[i] + trace.pageCounts[i] > trace.devicePages) {
        throw new InputException("record " + i + " leaves the device: " + file);
      }
    }
    return trace;
  }

  private static ByteBuffer next(DataInputStream in, int bytes) throws IOException {
    byte[] data = new byte[bytes];
    in.readFully(data);
    return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
  }

  int records() {
    return operations.length;
  }

  int devicePages() {
    return devicePages;
  }

  int operation(int record) {
    return operations[record];
  }

  int firstPage(int record) {
    return firstPages[record];
  }

  int pageCount(int record) {
    return pageCounts[record];
  }

  /** Most pages that were written and not trimmed at any time. */
  int peakLivePages() {
    BitSet live = new BitSet(devicePages);
    int now = 0;
    int peak = 0;
    for (int i = 0; i < records(); i++) {
      int end = firstPages[i] + pageCounts[i];
      if (operations[i] == WRITE) {
        for (int page = firstPages[i]; page < end; page++) {
          now += live.get(page) ? 0 : 1;
          live.set(page);
        }
        peak = Math.max(peak, now);
      } else if (operations[i] == TRIM || operations[i] == WRITE_ZEROES) {
        now -= live.get(firstPages[i], end).cardinality();
        live.clear(firstPages[i], end);
      }
    }
    return peak;
  }
}
