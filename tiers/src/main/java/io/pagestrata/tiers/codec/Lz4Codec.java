// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.PageCodec;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * The lz4 block format without any frame around it.
 *
 * <p>Runs on the native library, or on the safe Java port where no native library loads. Only the
 * decompressor that knows both lengths is used: it is the one that stays inside its bounds, and it
 * is the faster one too.
 */
final class Lz4Codec implements PageCodec {
  static final int ID = 1;
  static final String NAME = "lz4";

  private final LZ4Compressor compressor;
  private final LZ4SafeDecompressor decompressor;

  Lz4Codec() {
    this(nativeOrJava());
  }

  Lz4Codec(LZ4Factory factory) {
    compressor = factory.fastCompressor();
    decompressor = factory.safeDecompressor();
  }

  private static LZ4Factory nativeOrJava() {
    try {
      return LZ4Factory.nativeInstance();
    } catch (LinkageError | AssertionError noNativeLibrary) {
      return LZ4Factory.safeInstance();
    }
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public CodecContext newContext() {
    return new Context(compressor, decompressor);
  }

  @Override
  public String toString() {
    return NAME;
  }

  private static final class Context extends LibraryContext {
    private final LZ4Compressor compressor;
    private final LZ4SafeDecompressor decompressor;

    Context(LZ4Compressor compressor, LZ4SafeDecompressor decompressor) {
      this.compressor = compressor;
      this.decompressor = decompressor;
    }

    @Override
    public int codecFor(int pool) {
      return ID;
    }

    @Override
    int worstCaseBytes(int sourceBytes) {
      return compressor.maxCompressedLength(sourceBytes);
    }

    @Override
    int compressRoomy(
        ByteBuffer source,
        int sourceOffset,
        int sourceBytes,
        ByteBuffer target,
        int targetOffset,
        int capacity) {
      return compressor.compress(source, sourceOffset, sourceBytes, target, targetOffset, capacity);
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
      return decompressor.decompress(
          payload, payloadOffset, payloadBytes, target, targetOffset, pageBytes);
    }

    @Override
    public void close() {
      // the library's native state lives only during a call
    }
  }
}
