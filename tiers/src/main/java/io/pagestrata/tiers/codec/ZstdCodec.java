// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.PageCodec;
import java.nio.ByteBuffer;

/**
 * The zstd format at one level, in magicless frames without content size, checksum and dictionary
 * id.
 *
 * <p>The zpage header says all of that already, so each page is 5 bytes smaller. Any level decodes
 * any other.
 */
final class ZstdCodec implements PageCodec {
  static final int ID = 2;
  static final String NAME = "zstd";
  static final int MIN_LEVEL = -7;
  static final int MAX_LEVEL = 19;
  static final int DEFAULT_LEVEL = 3;

  private final int level;

  ZstdCodec(int level) {
    this.level = level;
  }

  int level() {
    return level;
  }

  /** A context that leaves out of its frames what the zpage header says. */
  static ZstdCompressCtx newCompressor(int level) {
    return new ZstdCompressCtx()
        .setLevel(level)
        .setMagicless(true)
        .setContentSize(false)
        .setChecksum(false)
        .setDictID(false);
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public String name() {
    return NAME + "-" + level;
  }

  @Override
  public CodecContext newContext() {
    return new Context(level);
  }

  @Override
  public String toString() {
    return name();
  }

  private static final class Context extends LibraryContext {
    private final ZstdCompressCtx compressor;
    private final ZstdDecompressCtx decompressor;

    Context(int level) {
      compressor = newCompressor(level);
      decompressor = new ZstdDecompressCtx().setMagicless(true);
    }

    @Override
    public int codecFor(int pool) {
      return ID;
    }

    @Override
    int worstCaseBytes(int sourceBytes) {
      return (int) Zstd.compressBound(sourceBytes);
    }

    @Override
    int compressRoomy(
        ByteBuffer source,
        int sourceOffset,
        int sourceBytes,
        ByteBuffer target,
        int targetOffset,
        int capacity) {
      try {
        return compressor.compressDirectByteBuffer(
            target, targetOffset, capacity, source, sourceOffset, sourceBytes);
      } catch (ZstdException sourceChangedMeanwhile) {
        // a caller that breaks the rules (hazard H12): the page is kept as it is instead
        return DOES_NOT_FIT;
      }
    }

    @Override
    String codecName() {
      return NAME;
    }

    @Override
    int decompressAny(
        ByteBuffer payload,
        int payloadOffset,
        int payloadBytes,
        ByteBuffer target,
        int targetOffset,
        int pageBytes) {
      return decompressor.decompressDirectByteBuffer(
          target, targetOffset, pageBytes, payload, payloadOffset, payloadBytes);
    }

    @Override
    public void close() {
      compressor.close();
      decompressor.close();
    }
  }
}
