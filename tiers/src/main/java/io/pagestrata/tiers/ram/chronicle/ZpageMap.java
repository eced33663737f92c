// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import java.nio.ByteBuffer;
import net.openhft.chronicle.core.values.LongValue;
import net.openhft.chronicle.hash.ChronicleHashClosedException;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.values.Values;

/**
 * A Chronicle Map in memory from locator to zpage, of a size that is fixed when it is made.
 *
 * <p>Its shape is given by the low-level settings: no extra tiers, so that it never takes more than
 * it was told, and chunks of a 64th of a page. A store that finds no run of free chunks in the
 * segment of its key is an exception inside the library and an answer here. Thread-safe.
 */
final class ZpageMap implements AutoCloseable {
  private static final int CHUNKS_PER_PAGE = 64;
  private static final long BYTES_PER_SEGMENT = 16L << 20;
  private static final int MOST_SEGMENTS = 64;

  /** Hash slots for zpages of this part of a page; smaller ones on average fill slots first. */
  private static final int SMALLEST_MEAN_DIVISOR = 8;

  /** What an entry holds beside the value: the key and the size of the value. */
  private static final int ENTRY_OVERHEAD_BYTES = Long.BYTES + 3;

  private static final double FIRST_GUESS = 0.98;
  private static final double NEXT_GUESS = 0.98;
  private static final double LEAST_GUESS = 0.5;

  private final ThreadLocal<LongValue> keys =
      ThreadLocal.withInitial(() -> Values.newHeapInstance(LongValue.class));
  private final int chunkBytes;
  private final ChronicleMap<LongValue, ByteBuffer> map;
  private final long capacityBytes;

  /**
   * Makes an empty map.
   *
   * @throws IllegalArgumentException when nothing useful fits
   */
  ZpageMap(long bytes, int pageBytes) {
    chunkBytes = pageBytes / CHUNKS_PER_PAGE;
    int segments =
        (int) Math.max(1, Math.min(MOST_SEGMENTS, Long.highestOneBit(bytes / BYTES_PER_SEGMENT)));
    // What tables take beside the chunks is known to the library alone.
    double share = FIRST_GUESS;
    long chunks = chunksPerSegment(bytes, segments, share);
    ChronicleMap<LongValue, ByteBuffer> made = make(segments, chunks, pageBytes);
    while (made.offHeapMemoryUsed() > bytes && share > LEAST_GUESS) {
      made.close();
      share *= NEXT_GUESS;
      chunks = chunksPerSegment(bytes, segments, share);
      made = make(segments, chunks, pageBytes);
    }
    if (made.offHeapMemoryUsed() > bytes) {
      made.close();
      throw new IllegalArgumentException(
          "RAM tier: " + bytes + " bytes are too small for zpool chronicle");
    }
    map = made;
    capacityBytes = segments * chunks * chunkBytes;
  }

  private long chunksPerSegment(long bytes, int segments, double share) {
    return (long) (bytes * share / segments / chunkBytes);
  }

  private ChronicleMap<LongValue, ByteBuffer> make(int segments, long chunks, int pageBytes) {
    int chunksPerMean = CHUNKS_PER_PAGE / SMALLEST_MEAN_DIVISOR;
    return ChronicleMapBuilder.of(LongValue.class, ByteBuffer.class)
        .name("pagestrata")
        .averageValueSize((double) pageBytes / 2)
        .actualSegments(segments)
        .actualChunkSize(chunkBytes)
        .actualChunksPerSegmentTier(chunks)
        .entriesPerSegment(Math.max(1, chunks / chunksPerMean))
        .maxChunksPerEntry(2 * CHUNKS_PER_PAGE)
        .allowSegmentTiering(false)
        .checksumEntries(false)
        .putReturnsNull(true)
        .removeReturnsNull(true)
        .skipCloseOnExitHook(true)
        .valueReaderAndDataAccess(new MapValueReader(), new MapValueWriter())
        .create();
  }

  /** Chunks that a value takes. */
  int chunks(int valueBytes) {
    return (valueBytes + ENTRY_OVERHEAD_BYTES + chunkBytes - 1) / chunkBytes;
  }

  int chunkBytes() {
    return chunkBytes;
  }

  /** Memory that the library took, all of it at once. */
  long memoryBytes() {
    return map.offHeapMemoryUsed();
  }

  /** Chunks of all segments together; how much of it can be filled, churn decides. */
  long capacityBytes() {
    return capacityBytes;
  }

  /** Stores what a direct buffer has between position and limit; false when it does not fit. */
  boolean put(long locator, ByteBuffer value) {
    try {
      map.put(key(locator), value);
      return true;
    } catch (ChronicleHashClosedException e) {
      throw e;
    } catch (IllegalStateException e) {
      // No run of free chunks, or no hash slot, in the segment of this key. The map is unchanged.
      return false;
    }
  }

  /** Copies a value into a direct buffer, from position 0 to its new limit; false when absent. */
  boolean get(long locator, ByteBuffer into) {
    return map.getUsing(key(locator), into) != null;
  }

  void remove(long locator) {
    map.remove(key(locator));
  }

  private LongValue key(long locator) {
    LongValue key = keys.get();
    key.setValue(locator);
    return key;
  }

  @Override
  public void close() {
    map.close();
  }
}
