// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Reads the lists out of an index file that nobody has opened yet.
 *
 * <p>The file is searched for parts and every part proves itself, so it does not matter what a
 * crash did to the structures around them: nothing of these is looked at, no lock is taken, and
 * Chronicle Map, which takes a second or two to start in a fresh JVM, is not even loaded. Parts lie
 * in chunks of one size, and since the map fills the lowest free chunk, those that were never used
 * are behind all others. For one thread.
 */
final class IndexReader implements Closeable {
  /** Chunks without a part that end the search; a loss of power may leave a hole. */
  private static final int MOST_GAP_CHUNKS = 64;

  private static final int NONE = -1;

  /** Chunks before the reckoned beginning of the first one in which it may begin. */
  private static final int SLACK_CHUNKS = 2;

  private final FileChannel channel;
  private final IndexShape shape;
  private final UUID storeId;
  private final long fileBytes;
  private final Map<Long, List<Long>> places = new HashMap<>();
  private final Map<Long, Integer> partCounts = new HashMap<>();
  private ByteBuffer values = ByteBuffer.allocate(0);

  /** Where each part of the list that was loaded last is in the values. */
  private int[] order = {};

  /**
   * Finds out where parts are.
   *
   * @throws IOException when the file cannot be read; nothing stays open
   */
  IndexReader(Path file, IndexShape shape, UUID storeId) throws IOException {
    this.shape = shape;
    this.storeId = storeId;
    channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      fileBytes = channel.size();
      search();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void search() throws IOException {
    long first = findFirst();
    ByteBuffer header = ByteBuffer.allocate(IndexPart.HEADER_BYTES);
    int gap = 0;
    for (long at = first; first >= 0 && gap < MOST_GAP_CHUNKS; at += shape.chunkBytes()) {
      if (!read(header.clear(), at)) {
        return;
      }
      IndexPart.Claim claim = IndexPart.Claim.of(header, 0);
      gap = claim == null ? gap + 1 : 0;
      if (claim != null) {
        places.computeIfAbsent(claim.sequence(), sequence -> new ArrayList<>()).add(at);
        partCounts.merge(claim.sequence(), claim.parts(), Math::max);
      }
    }
  }

  /** Where the value of the first chunk with a part begins, or -1 when the file has none. */
  private long findFirst() throws IOException {
    int chunkBytes = shape.chunkBytes();
    long start = Math.max(0, shape.headBytes(fileBytes) - (long) SLACK_CHUNKS * chunkBytes);
    ByteBuffer window = ByteBuffer.allocate(chunkBytes + IndexPart.HEADER_BYTES);
    for (int i = 0; i < MOST_GAP_CHUNKS + SLACK_CHUNKS; i++) {
      long at = start + (long) i * chunkBytes;
      if (!read(window.clear(), at)) {
        return -1;
      }
      for (int offset = 0; offset < chunkBytes; offset++) {
        if (IndexPart.Claim.of(window, offset) != null) {
          return at + offset;
        }
      }
    }
    return -1;
  }

  /** Fills a buffer from its position on; false at the end of the file. */
  private boolean read(ByteBuffer buffer, long offset) throws IOException {
    int start = buffer.position();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position() - start) <= 0) {
        return false;
      }
    }
    return true;
  }

  /** Sequences that parts claim to belong to, with the number of parts of each. */
  Map<Long, Integer> partCounts() {
    return partCounts;
  }

  /**
   * Loads the list of a segment.
   *
   * @param trailer the last bytes of its file
   * @return false when the list is missing, stale or damaged
   */
  boolean load(long sequence, byte[] trailer) throws IOException {
    List<Long> found = places.getOrDefault(sequence, List.of());
    int parts = partCounts.getOrDefault(sequence, 0);
    if (found.size() < parts || parts == 0) {
      return false;
    }
    int valueBytes = shape.valueBytes();
    if (values.capacity() < parts * valueBytes) {
      values = ByteBuffer.allocate(parts * valueBytes);
    }
    order = new int[parts];
    Arrays.fill(order, NONE);
    int whole = 0;
    for (int i = 0; i < found.size() && whole < parts; i++) {
      // More than there are parts, where a chunk still holds what was moved to another.
      int offset = whole * valueBytes;
      if (!read(values.limit(offset + valueBytes).position(offset), found.get(i))) {
        continue;
      }
      IndexPart.Claim claim = IndexPart.Claim.of(values, offset);
      if (claim != null
          && claim.parts() == parts
          && order[claim.part()] == NONE
          && IndexPart.belongs(values, offset, valueBytes, storeId, sequence, trailer)) {
        order[claim.part()] = offset;
        whole++;
      }
    }
    return whole == parts;
  }

  /**
   * Shows the records of the list that was loaded last.
   *
   * @return how many rows
   */
  int show(LocationList.Sink sink) throws IOException {
    int records = 0;
    for (int at : order) {
      IndexPart.show(values, at, sink);
      records += IndexPart.records(values, at);
    }
    return records;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
