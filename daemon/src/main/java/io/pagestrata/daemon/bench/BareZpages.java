// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The zpages of all sample pages without any store: packed in one direct buffer as a segment would
 * hold them. What the store does on top of this is its own cost. Immutable after the constructor.
 */
final class BareZpages {
  private final SamplePages pages;
  private final ByteBuffer memory;
  private final int[] offsets;
  private final int[] payloads;
  private long payloadBytes;
  private int bytes;

  BareZpages(SamplePages pages, PageCodec codec) {
    this.pages = pages;
    int pageBytes = pages.pageBytes();
    int alignment = ZpageBatch.recordAlignment(pageBytes);
    long most = (long) pages.count() * (pageBytes + ZpageHeader.BYTES + alignment);
    memory = ByteBuffer.allocateDirect((int) Math.min(most, Integer.MAX_VALUE - 8));
    offsets = new int[pages.count()];
    payloads = new int[pages.count()];
    ByteBuffer source = pages.view();
    CRC32C crc = new CRC32C();
    int shift = Integer.numberOfTrailingZeros(pageBytes);
    try (CodecContext context = codec.newContext()) {
      for (int i = 0; i < pages.count(); i++) {
        int payload = bytes + ZpageHeader.BYTES;
        int stored =
            context.compress(source, pages.offset(i), pageBytes, memory, payload, pageBytes - 1);
        int codecId = codec.id();
        if (stored == CodecContext.DOES_NOT_FIT) {
          memory.put(payload, source, pages.offset(i), pageBytes);
          stored = pageBytes;
          codecId = PageCodec.NONE_ID;
        }
        ZpageHeader.write(memory, bytes, 1, 0, i, i + 1, codecId, 0, shift, stored);
        ZpageHeader.seal(memory, bytes, crc);
        offsets[i] = bytes;
        payloads[i] = stored;
        payloadBytes += stored;
        bytes = (payload + stored + alignment - 1) & -alignment;
      }
    }
  }

  double ratio() {
    return (double) pages.count() * pages.pageBytes() / payloadBytes;
  }

  long payloadBytes() {
    return payloadBytes;
  }

  /** All zpages, packed; for one thread. */
  ByteBuffer packed() {
    return memory.duplicate().limit(bytes);
  }

  int offset(int page) {
    return offsets[page];
  }

  int payloadBytes(int page) {
    return payloads[page];
  }

  int zpageBytes(int page) {
    return ZpageHeader.BYTES + payloads[page];
  }

  /** Decompresses a zpage found at any place, copying those that did not shrink. */
  void decompress(CodecContext context, ByteBuffer from, int offset, int page, ByteBuffer target)
      throws CodecException {
    int pageBytes = pages.pageBytes();
    int payload = offset + ZpageHeader.BYTES;
    if (payloads[page] == pageBytes) {
      target.put(0, from, payload, pageBytes);
    } else {
      context.decompress(from, payload, payloads[page], target, 0, pageBytes);
    }
  }
}
