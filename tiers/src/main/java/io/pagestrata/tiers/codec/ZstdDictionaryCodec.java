// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdException;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.Dictionaries;
import java.nio.ByteBuffer;

/**
 * zstd with the dictionary of the page's pool: the number of the dictionary, then a frame as {@link
 * ZstdCodec} makes it. For a pool that has none it makes plain payloads of {@link ZstdCodec}.
 */
final class ZstdDictionaryCodec implements PageCodec {
  static final String NAME = "zstd-dictionary";

  /** Bytes of the number before the frame. */
  static final int NUMBER_BYTES = Short.BYTES;

  static final int MOST_ID = 0xffff;

  private final ZstdCodec plain;
  private final ZstdDictionaries dictionaries;

  ZstdDictionaryCodec(ZstdCodec plain, ZstdDictionaries dictionaries) {
    this.plain = plain;
    this.dictionaries = dictionaries;
  }

  @Override
  public int id() {
    return ZSTD_DICTIONARY_ID;
  }

  @Override
  public String name() {
    return plain.name();
  }

  @Override
  public CodecContext newContext() {
    return new Context(plain, dictionaries);
  }

  @Override
  public Dictionaries dictionaries() {
    return dictionaries;
  }

  @Override
  public String toString() {
    return name() + " with dictionaries";
  }

  private static final class Context extends LibraryContext {
    private final ZstdDictionaries dictionaries;
    private final int level;
    private final int sampleEvery;
    private final CodecContext plain;
    private ZstdCompressCtx compressor;
    private ZstdDecompressCtx decompressor;
    private PoolDictionary pool;
    private int untilSample;

    /** Held, and loaded into the compressor, until another one is; null for none. */
    private Dictionary encoding;

    /** Likewise for the decompressor. */
    private Dictionary decoding;

    Context(ZstdCodec codec, ZstdDictionaries dictionaries) {
      this.dictionaries = dictionaries;
      level = codec.level();
      plain = codec.newContext();
      sampleEvery = dictionaries.sampleEvery();
      untilSample = sampleEvery;
    }

    @Override
    public int codecFor(int poolId) {
      pool = dictionaries.pool(poolId);
      Dictionary wanted = pool.current;
      if (wanted != encoding) {
        encodeWith(wanted);
      }
      return encoding == null ? ZstdCodec.ID : ZSTD_DICTIONARY_ID;
    }

    private void encodeWith(Dictionary wanted) {
      Dictionary before = encoding;
      encoding = null;
      if (wanted != null && wanted.encodes(level) && wanted.hold()) {
        encoding = wanted;
        if (compressor == null) {
          compressor = ZstdCodec.newCompressor(level);
        }
        compressor.loadDict(wanted.encoder(level));
      } else if (before != null) {
        // The library keeps hold of what is loaded, too.
        compressor.loadDict((ZstdDictCompress) null);
      }
      if (before != null) {
        before.letGo();
      }
    }

    @Override
    int worstCaseBytes(int sourceBytes) {
      return NUMBER_BYTES + (int) Zstd.compressBound(sourceBytes);
    }

    @Override
    int compressRoomy(
        ByteBuffer source,
        int sourceOffset,
        int sourceBytes,
        ByteBuffer target,
        int targetOffset,
        int capacity) {
      SampleRun run = pool.run;
      if (run != null && --untilSample <= 0) {
        untilSample = sampleEvery;
        run.offer(source, sourceOffset);
      }
      if (encoding == null) {
        return plain.compress(source, sourceOffset, sourceBytes, target, targetOffset, capacity);
      }
      target.put(targetOffset, (byte) encoding.id);
      target.put(targetOffset + 1, (byte) (encoding.id >> 8));
      try {
        return NUMBER_BYTES
            + compressor.compressDirectByteBuffer(
                target,
                targetOffset + NUMBER_BYTES,
                capacity - NUMBER_BYTES,
                source,
                sourceOffset,
                sourceBytes);
      } catch (ZstdException sourceChangedMeanwhile) {
        // As without a dictionary: the page is kept as it is instead (hazard H12).
        return DOES_NOT_FIT;
      }
    }

    @Override
    String codecName() {
      return decoding == null ? NAME : NAME + " (" + decoding.id + ")";
    }

    @Override
    int decompressAny(
        ByteBuffer payload,
        int payloadOffset,
        int payloadBytes,
        ByteBuffer target,
        int targetOffset,
        int pageBytes)
        throws CodecException {
      if (payloadBytes <= NUMBER_BYTES) {
        throw new CodecException(NAME + " payload of " + payloadBytes + " bytes is damaged", null);
      }
      int id = number(payload, payloadOffset);
      if (decoding == null || decoding.id != id) {
        decodeWith(id);
      }
      return decompressor.decompressDirectByteBuffer(
          target,
          targetOffset,
          pageBytes,
          payload,
          payloadOffset + NUMBER_BYTES,
          payloadBytes - NUMBER_BYTES);
    }

    private void decodeWith(int id) throws CodecException {
      Dictionary wanted = dictionaries.hold(id);
      if (wanted == null) {
        throw new CodecException("dictionary " + id + " is missing or damaged", null);
      }
      if (decompressor == null) {
        decompressor = new ZstdDecompressCtx().setMagicless(true);
      }
      Dictionary before = decoding;
      decoding = wanted;
      decompressor.loadDict(wanted.decoder());
      if (before != null) {
        before.letGo();
      }
    }

    @Override
    public void close() {
      plain.close();
      encodeWith(null);
      if (compressor != null) {
        compressor.close();
      }
      if (decompressor != null) {
        decompressor.close();
      }
      if (decoding != null) {
        decoding.letGo();
        decoding = null;
      }
    }
  }

  /** Number of the dictionary that a payload needs. */
  static int number(ByteBuffer payload, int offset) {
    return payload.get(offset) & 0xff | (payload.get(offset + 1) & 0xff) << 8;
  }
}
