// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import net.openhft.chronicle.hash.ChronicleHashRecoveryFailedException;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * The index as a persisted Chronicle Map, from segment and part to {@link IndexPart}.
 *
 * <p>One entry is one chunk, and there is one segment of the map, so that it is full when it is
 * full and never fragments. An existing file is always opened by the library's recovery, which
 * gives back locks that a killed process held; what it cannot recover is deleted. The file is
 * sparse; before a chunk is used for the first time its place on the disk is taken by an ordinary
 * write, because a full disk below a mapped page would be a fault and not an exception. For one
 * thread.
 */
final class IndexMap implements AutoCloseable {
  private static final int RESERVE_BYTES = 1 << 20;

  private final IndexShape shape;
  private final FileChannel channel;
  private final ChronicleMap<Long, byte[]> map;
  private final byte[] value;
  private final long headBytes;
  private long reservedTo;

  private IndexMap(IndexShape shape, Path file, ChronicleMap<Long, byte[]> map) throws IOException {
    this.shape = shape;
    this.map = map;
    value = new byte[shape.valueBytes()];
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    headBytes = shape.headBytes(channel.size());
    reservedTo = headBytes + map.longSize() * shape.chunkBytes();
  }

  /** Opens the file of this shape, or makes a new one. */
  static IndexMap open(Path directory, IndexShape shape) throws IOException {
    Optional<Path> existing = IndexFiles.find(directory, shape);
    IndexFiles.deleteOthers(directory, existing);
    if (existing.isPresent()) {
      Path file = existing.get();
      try {
        File plain = file.toFile();
        return closing(shape, file, builder(shape).recoverPersistedTo(plain, false, found -> {}));
      } catch (ChronicleHashRecoveryFailedException | IllegalStateException e) {
        Files.delete(file);
      }
    }
    return create(directory, shape);
  }

  private static IndexMap create(Path directory, IndexShape shape) throws IOException {
    Path fresh = IndexFiles.createNew(directory);
    ChronicleMap<Long, byte[]> map = builder(shape).createPersistedTo(fresh.toFile());
    IndexMap made = closing(shape, fresh, map);
    try {
      made.reserve(0, made.headBytes);
      // Under its name it has a finished header.
      Path file = directory.resolve(shape.name(made.channel.size()));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private static IndexMap closing(IndexShape shape, Path file, ChronicleMap<Long, byte[]> map)
      throws IOException {
    try {
      return new IndexMap(shape, file, map);
    } catch (IOException | RuntimeException e) {
      map.close();
      throw e;
    }
  }

  private static ChronicleMapBuilder<Long, byte[]> builder(IndexShape shape) {
    return ChronicleMapBuilder.of(Long.class, byte[].class)
        .name("pagestrata-index")
        .averageValueSize(shape.valueBytes())
        .actualSegments(1)
        .actualChunkSize(shape.chunkBytes())
        .actualChunksPerSegmentTier(shape.chunks())
        .entriesPerSegment(shape.chunks())
        .maxChunksPerEntry(1)
        .allowSegmentTiering(false)
        .checksumEntries(false)
        .sparseFile(true)
        .putReturnsNull(true)
        .removeReturnsNull(true)
        .skipCloseOnExitHook(true);
  }

  /** Takes place on the disk for a range of the file, whose content stays. */
  private void reserve(long from, long to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(RESERVE_BYTES);
    for (long at = from; at < to; at += RESERVE_BYTES) {
      buffer.clear().limit((int) Math.min(RESERVE_BYTES, to - at));
      while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {
        continue;
      }
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer, at + buffer.position());
      }
    }
  }

  private void reserveForOneMore() throws IOException {
    long end = headBytes + (map.longSize() + 1) * shape.chunkBytes();
    if (end > reservedTo) {
      long to = Math.min(channel.size(), Math.max(end, reservedTo + RESERVE_BYTES));
      reserve(reservedTo, to);
      reservedTo = to;
    }
  }

  boolean hasRoom(int parts) {
    return parts <= IndexShape.MOST_PARTS && map.longSize() + parts <= shape.chunks();
  }

  /** A buffer for the value of {@link #put}. */
  byte[] value() {
    return value;
  }

  /** Stores what is in {@link #value}. */
  void put(long sequence, int part) throws IOException {
    reserveForOneMore();
    map.put(IndexShape.key(sequence, part), value);
  }

  void remove(long sequence, int fromPart, int toPart) {
    for (int part = fromPart; part < toPart; part++) {
      map.remove(IndexShape.key(sequence, part));
    }
  }

  long parts() {
    return map.longSize();
  }

  @Override
  public void close() throws IOException {
    try {
      map.close();
    } finally {
      channel.close();
    }
  }
}
