// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Trains dictionaries on a sample and measures them on what was held back. Its time is bounded by
 * the size of the sample. One thread.
 */
final class DictionaryTrainer {
  /** Native memory that the library takes while it trains: tables of a fixed size. */
  static final long WORK_BYTES = 10 << 20;

  private final int level;
  private final int dictionaryBytes;

  /** The level that is measured should be the densest in use: it gains least. */
  DictionaryTrainer(int level, int dictionaryBytes) {
    this.level = level;
    this.dictionaryBytes = dictionaryBytes;
  }

  /** Trains on the first part of a full sample; null when it holds nothing to learn. */
  byte[] train(SampleRun run) {
    int[] sizes = new int[run.trainingPages()];
    Arrays.fill(sizes, run.pageBytes());
    ByteBuffer dictionary = ByteBuffer.allocateDirect(dictionaryBytes);
    ByteBuffer samples = run.pages().slice(0, run.heldBackOffset());
    long bytes = Zstd.trainFromBufferDirect(samples, sizes, dictionary, false, level);
    if (Zstd.isError(bytes)) {
      return null;
    }
    byte[] content = new byte[(int) bytes];
    dictionary.get(0, content);
    return content;
  }

  /** Measures content that was never used. */
  DictionaryTrial measure(SampleRun run, byte[] content) {
    try (ZstdDictCompress digest = new ZstdDictCompress(content, level)) {
      return measure(run, digest);
    }
  }

  /** Measures a dictionary in use, which the caller holds. */
  DictionaryTrial measure(SampleRun run, Dictionary dictionary) {
    return measure(run, dictionary.encoder(level));
  }

  private DictionaryTrial measure(SampleRun run, ZstdDictCompress digest) {
    ByteBuffer payload = ByteBuffer.allocateDirect((int) Zstd.compressBound(run.pageBytes()));
    long plainBytes = 0;
    long dictionaryBytesSum = 0;
    try (ZstdCompressCtx plain = ZstdCodec.newCompressor(level);
        ZstdCompressCtx with = ZstdCodec.newCompressor(level)) {
      with.loadDict(digest);
      for (int i = 0; i < run.heldBackPages(); i++) {
        int at = run.heldBackOffset() + i * run.pageBytes();
        plainBytes += compressed(plain, run, at, payload);
        int bytes = compressed(with, run, at, payload) + ZstdDictionaryCodec.NUMBER_BYTES;
        dictionaryBytesSum += Math.min(bytes, run.pageBytes());
      }
    }
    return new DictionaryTrial(plainBytes, dictionaryBytesSum);
  }

  private static int compressed(
      ZstdCompressCtx context, SampleRun run, int offset, ByteBuffer payload) {
    int pageBytes = run.pageBytes();
    try {
      int bytes =
          context.compressDirectByteBuffer(
              payload, 0, payload.capacity(), run.pages(), offset, pageBytes);
      return Math.min(bytes, pageBytes);
    } catch (ZstdException doesNotShrink) {
      return pageBytes;
    }
  }
}
