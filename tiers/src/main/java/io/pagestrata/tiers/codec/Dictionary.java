// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One dictionary, digested once for decoding and once for each level that encodes.
 *
 * <p>Whoever works with it holds it: the table, and every codec context that has it loaded. The
 * last one to let go frees the native memory, so it is never freed under a reader (hazards H13 and
 * H22). A context lets go when it loads another one, so this costs nothing for each page.
 * Thread-safe.
 */
final class Dictionary {
  /** Bytes of the digest for decoding, beside the content. */
  private static final long DECODER_BYTES = 32 << 10;

  final int id;
  final int pool;
  private final MemoryBudget budget;
  private final long memoryBytes;
  private final List<Integer> levels;
  private final ZstdDictCompress[] encoders;
  private final ZstdDictDecompress decoder;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Digests a dictionary; {@link #memoryBytes} were charged to the budget before. */
  Dictionary(SavedDictionary saved, List<Integer> levels, MemoryBudget budget) {
    id = saved.id();
    pool = saved.pool();
    this.budget = budget;
    this.levels = levels;
    memoryBytes = memoryBytes(saved.content().length, levels);
    decoder = new ZstdDictDecompress(saved.content());
    encoders = new ZstdDictCompress[levels.size()];
    for (int i = 0; i < encoders.length; i++) {
      encoders[i] = new ZstdDictCompress(saved.content(), levels.get(i));
    }
  }

  /**
   * Memory of a dictionary: native, measured and rounded up, and once its content on the heap,
   * where a durable store keeps what the file must hold.
   */
  static long memoryBytes(int contentBytes, List<Integer> levels) {
    long bytes = 2L * contentBytes + DECODER_BYTES;
    for (int level : levels) {
      bytes += contentBytes + encoderBytes(contentBytes, level);
    }
    return bytes;
  }

  /** The higher the level, the larger the tables of matches. */
  private static long encoderBytes(int contentBytes, int level) {
    if (level < 3) {
      return level < 0 ? 64 << 10 : 192 << 10;
    }
    return (256 << 10) + contentBytes * (level < 6 ? 8L : 32L);
  }

  long memoryBytes() {
    return memoryBytes;
  }

  /** The digest for a level that was given at the making. */
  ZstdDictCompress encoder(int level) {
    return encoders[levels.indexOf(level)];
  }

  boolean encodes(int level) {
    return levels.contains(level);
  }

  ZstdDictDecompress decoder() {
    return decoder;
  }

  /** Whether the caller holds it now; false when it was freed. */
  boolean hold() {
    int now = holders.get();
    while (now > 0) {
      if (holders.compareAndSet(now, now + 1)) {
        return true;
      }
      now = holders.get();
    }
    return false;
  }

  void letGo() {
    if (holders.decrementAndGet() == 0) {
      decoder.close();
      for (ZstdDictCompress encoder : encoders) {
        encoder.close();
      }
      budget.release(memoryBytes);
    }
  }
}
