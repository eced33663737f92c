// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** The limits: passes over all sample pages that do only what cannot be left out. */
final class BarePasses {
  private BarePasses() {}

  /** Compresses every page into the same direct buffer. */
  static long compress(SamplePages pages, CodecContext context) {
    ByteBuffer source = pages.view();
    ByteBuffer target = ByteBuffer.allocateDirect(2 * pages.pageBytes());
    long bytes = 0;
    long start = System.nanoTime();
    for (int i = 0; i < pages.count(); i++) {
      bytes +=
          context.compress(
              source, pages.offset(i), pages.pageBytes(), target, 0, pages.pageBytes());
    }
    long nanos = System.nanoTime() - start;
    Sink.take(bytes);
    return nanos;
  }

  /** Compresses pages from first to end and appends the payloads to a buffer touched before. */
  static long compressAndAppend(
      SamplePages pages, int first, int end, CodecContext context, ByteBuffer log) {
    ByteBuffer source = pages.view();
    ByteBuffer target = ByteBuffer.allocateDirect(2 * pages.pageBytes());
    int pageBytes = pages.pageBytes();
    int at = 0;
    long start = System.nanoTime();
    for (int i = first; i < end; i++) {
      int stored = context.compress(source, pages.offset(i), pageBytes, target, 0, pageBytes - 1);
      if (stored == CodecContext.DOES_NOT_FIT) {
        log.put(at, source, pages.offset(i), pageBytes);
        stored = pageBytes;
      } else {
        log.put(at, target, 0, stored);
      }
      at += stored;
    }
    long nanos = System.nanoTime() - start;
    Sink.take(log);
    return nanos;
  }

  /** Decompresses every zpage in the given order out of one direct buffer. */
  static long decompress(BareZpages zpages, int[] order, CodecContext context, ByteBuffer target)
      throws CodecException {
    return decompress(zpages, order, 0, order.length, context, target);
  }

  static long decompress(
      BareZpages zpages, int[] order, int first, int end, CodecContext context, ByteBuffer target)
      throws CodecException {
    ByteBuffer packed = zpages.packed();
    long start = System.nanoTime();
    for (int i = first; i < end; i++) {
      int page = order[i];
      zpages.decompress(context, packed, zpages.offset(page), page, target);
    }
    long nanos = System.nanoTime() - start;
    Sink.take(target);
    return nanos;
  }

  /** Reads every zpage from a file with one positional read, checks it and decompresses it. */
  static long readAndDecompress(
      BareZpages zpages, FileChannel file, int[] order, CodecContext context, ByteBuffer target)
      throws IOException, CodecException {
    ByteBuffer scratch = ByteBuffer.allocateDirect(2 * target.capacity());
    CRC32C crc = new CRC32C();
    long start = System.nanoTime();
    for (int page : order) {
      int bytes = zpages.zpageBytes(page);
      scratch.clear().limit(bytes);
      if (file.read(scratch, zpages.offset(page)) != bytes) {
        throw new IOException("short read");
      }
      scratch.clear();
      if (!ZpageHeader.verify(scratch, 0, bytes, crc)) {
        throw new IOException("wrong checksum");
      }
      zpages.decompress(context, scratch, 0, page, target);
    }
    long nanos = System.nanoTime() - start;
    Sink.take(target);
    return nanos;
  }
}
