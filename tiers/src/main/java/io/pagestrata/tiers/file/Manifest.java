// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.PageLog.SavedPool;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a durable store must know before it looks at its segments: who it is, its pools, and whether
 * it was closed in order. {@code docs/format.md} outranks this class.
 *
 * <pre>
 *   0 | u64 magic          8 | u32 kind          12 | u16 read version   14 | u16 write version
 *  16 | u128 store id     32 | u64 number        40 | u32 page bytes     44 | u32 bytes of all this
 *  48 | u64 generation    56 | u32 clean         60 | u32 next pool      64 | u32 pools
 *  68 | pools x (u32 id, u32 bytes of name, name in UTF-8, the same of its tenant, u32 shared)
 *   then u32 how many segments are listed, all ones for no list, each (u64 sequence, u64 end of its
 *   records), and u64 last sequence, and of each listed segment u32 checksum of its footer
 *   then u32 CRC32C of all before, zeroes up to a multiple of 4096
 * </pre>
 *
 * @param storeId random, the same in every segment of the store
 * @param number of the manifest; the highest one counts
 * @param pageBytes page size
 * @param generation when clean, a generation that no record exceeds
 * @param clean whether the store was closed in order after this was written
 * @param nextPool lowest id that no pool ever had
 * @param pools every pool that survives
 * @param segments when clean, every segment by its sequence; null when they are not listed
 * @param lastSequence that no segment has exceeded; a store that is open keeps some in hand
 */
record Manifest(
    UUID storeId,
    long number,
    int pageBytes,
    long generation,
    boolean clean,
    int nextPool,
    List<SavedPool> pools,
    SortedMap<Long, ListedSegment> segments,
    long lastSequence) {
  static final int KIND_MANIFEST = 2;

  private static final int KIND_OFFSET = 8;
  private static final int READ_VERSION_OFFSET = 12;
  private static final int WRITE_VERSION_OFFSET = 14;
  private static final int STORE_ID_OFFSET = 16;
  private static final int NUMBER_OFFSET = 32;
  private static final int PAGE_BYTES_OFFSET = 40;
  private static final int LENGTH_OFFSET = 44;
  private static final int GENERATION_OFFSET = 48;
  private static final int CLEAN_OFFSET = 56;
  private static final int NEXT_POOL_OFFSET = 60;
  private static final int POOL_COUNT_OFFSET = 64;
  private static final int POOLS_OFFSET = 68;
  private static final int SHARED = 1;
  private static final int OF_CONTENTS = 2;
  private static final int SEGMENT_BYTES = 2 * Long.BYTES;
  private static final int NO_LIST = -1;

  /**
   * More were never given out, since each costs a new manifest; there is a word for each in RAM.
   */
  private static final int MOST_POOLS = 1 << 24;

  /** Of a file name. */
  static final long MOST_NUMBER = 100_000_000_000_000_000L;

  Manifest {
    pools = List.copyOf(pools);
    segments = segments == null ? null : Collections.unmodifiableSortedMap(segments);
  }

  /** The manifest of a store that has just been made. */
  static Manifest ofNewStore(int pageBytes) {
    return new Manifest(UUID.randomUUID(), 0, pageBytes, 0, false, 1, List.of(), null, 0);
  }

  Manifest withPools(List<SavedPool> newPools, int newNextPool) {
    return new Manifest(
        storeId, number + 1, pageBytes, 0, false, newNextPool, newPools, null, lastSequence);
  }

  /** The same with another sequence that no segment exceeds. */
  Manifest withLastSequence(long newLastSequence) {
    return new Manifest(
        storeId, number, pageBytes, generation, clean, nextPool, pools, segments, newLastSequence);
  }

  /** The same with another number, so that the next one gets a higher number. */
  Manifest withNumber(long used) {
    return new Manifest(
        storeId, used, pageBytes, generation, clean, nextPool, pools, segments, lastSequence);
  }

  /** The manifest of the store when it is open. */
  Manifest unclean() {
    return new Manifest(
        storeId, number + 1, pageBytes, 0, false, nextPool, pools, null, lastSequence);
  }

  /** The manifest of the store when it was closed in order. */
  Manifest clean(long newGeneration, SortedMap<Long, ListedSegment> newSegments) {
    return new Manifest(
        storeId,
        number + 1,
        pageBytes,
        newGeneration,
        true,
        nextPool,
        pools,
        newSegments,
        lastSequence);
  }

  /** The bytes of the file, ready to be written. */
  ByteBuffer encode() {
    List<byte[]> names = new ArrayList<>();
    List<byte[]> tenants = new ArrayList<>();
    int bytes = POOLS_OFFSET + Integer.BYTES;
    for (SavedPool pool : pools) {
      byte[] name = pool.name().getBytes(StandardCharsets.UTF_8);
      byte[] tenant = pool.tenant().getBytes(StandardCharsets.UTF_8);
      names.add(name);
      tenants.add(tenant);
      bytes += 4 * Integer.BYTES + name.length + tenant.length;
    }
    int listed = segments == null ? 0 : segments.size();
    bytes += Integer.BYTES + listed * (SEGMENT_BYTES + Integer.BYTES) + Long.BYTES;
    int fileBytes = (int) AlignedBuffers.ceil(bytes, AlignedBuffers.BLOCK_BYTES);
    ByteBuffer buffer = AlignedBuffers.allocate(fileBytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(0, SegmentFormat.MAGIC);
    buffer.putInt(KIND_OFFSET, KIND_MANIFEST);
    buffer.putShort(READ_VERSION_OFFSET, SegmentFormat.READ_VERSION);
    buffer.putShort(WRITE_VERSION_OFFSET, SegmentFormat.WRITE_VERSION);
    buffer.putLong(STORE_ID_OFFSET, storeId.getMostSignificantBits());
    buffer.putLong(STORE_ID_OFFSET + Long.BYTES, storeId.getLeastSignificantBits());
    buffer.putLong(NUMBER_OFFSET, number);
    buffer.putInt(PAGE_BYTES_OFFSET, pageBytes);
    buffer.putInt(LENGTH_OFFSET, bytes);
    buffer.putLong(GENERATION_OFFSET, generation);
    buffer.putInt(CLEAN_OFFSET, clean ? 1 : 0);
    buffer.putInt(NEXT_POOL_OFFSET, nextPool);
    buffer.putInt(POOL_COUNT_OFFSET, pools.size());
    buffer.position(POOLS_OFFSET);
    for (int i = 0; i < names.size(); i++) {
      buffer.putInt(pools.get(i).id()).putInt(names.get(i).length).put(names.get(i));
      buffer.putInt(tenants.get(i).length).put(tenants.get(i));
      buffer.putInt(pools.get(i).contents() ? OF_CONTENTS : pools.get(i).shared() ? SHARED : 0);
    }
    buffer.putInt(segments == null ? NO_LIST : segments.size());
    if (segments != null) {
      segments.forEach((sequence, one) -> buffer.putLong(sequence).putLong(one.end()));
    }
    buffer.putLong(lastSequence);
    if (segments != null) {
      segments.values().forEach(one -> buffer.putInt(one.footerChecksum()));
    }
    buffer.putInt(SegmentFormat.crc(buffer, 0, bytes - Integer.BYTES));
    return buffer.clear();
  }

  /**
   * Reads a manifest.
   *
   * @param buffer the whole file
   * @return null when it is not whole, or says what no program writes
   * @throws IOException when it is of a newer version
   */
  static Manifest decode(ByteBuffer buffer, String name) throws IOException {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.limit() < AlignedBuffers.BLOCK_BYTES
        || buffer.getLong(0) != SegmentFormat.MAGIC
        || buffer.getInt(KIND_OFFSET) != KIND_MANIFEST) {
      return null;
    }
    int bytes = buffer.getInt(LENGTH_OFFSET);
    if (bytes < POOLS_OFFSET + Integer.BYTES
        || bytes > buffer.limit()
        || buffer.getInt(bytes - Integer.BYTES)
            != SegmentFormat.crc(buffer, 0, bytes - Integer.BYTES)) {
      return null;
    }
    checkVersion(name, buffer.getShort(READ_VERSION_OFFSET) & 0xffff);
    buffer.limit(bytes - Integer.BYTES).position(POOLS_OFFSET);
    try {
      Manifest manifest = decodeFields(buffer);
      return manifest.isPossible() ? manifest : null;
    } catch (BufferUnderflowException e) {
      // A length in it is wrong, although the checksum is right.
      return null;
    }
  }

  private static Manifest decodeFields(ByteBuffer buffer) {
    List<SavedPool> pools = pools(buffer);
    SortedMap<Long, ListedSegment> segments = buffer.hasRemaining() ? segments(buffer) : null;
    long listed = segments == null || segments.isEmpty() ? 0 : segments.lastKey();
    // The first manifests of this version did not say it.
    long lastSequence = buffer.hasRemaining() ? Math.max(listed, buffer.getLong()) : listed;
    if (segments != null && buffer.hasRemaining()) {
      segments.replaceAll((sequence, one) -> new ListedSegment(one.end(), buffer.getInt()));
    }
    return new Manifest(
        new UUID(buffer.getLong(STORE_ID_OFFSET), buffer.getLong(STORE_ID_OFFSET + Long.BYTES)),
        buffer.getLong(NUMBER_OFFSET),
        buffer.getInt(PAGE_BYTES_OFFSET),
        buffer.getLong(GENERATION_OFFSET),
        buffer.getInt(CLEAN_OFFSET) != 0,
        buffer.getInt(NEXT_POOL_OFFSET),
        pools,
        segments,
        lastSequence);
  }

  private static List<SavedPool> pools(ByteBuffer buffer) {
    List<SavedPool> pools = new ArrayList<>();
    for (int left = count(buffer.getInt(POOL_COUNT_OFFSET)); left > 0; left--) {
      int id = buffer.getInt();
      String name = text(buffer);
      String tenant = text(buffer);
      int use = buffer.getInt();
      pools.add(new SavedPool(id, name, tenant, use == SHARED, use == OF_CONTENTS));
    }
    return pools;
  }

  private static String text(ByteBuffer buffer) {
    int bytes = count(buffer.getInt());
    if (bytes > buffer.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] text = new byte[bytes];
    buffer.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The list, without what stands behind it. */
  private static SortedMap<Long, ListedSegment> segments(ByteBuffer buffer) {
    int listed = buffer.getInt();
    if (listed == NO_LIST) {
      return null;
    }
    SortedMap<Long, ListedSegment> segments = new TreeMap<>();
    for (int left = count(listed); left > 0; left--) {
      segments.put(buffer.getLong(), new ListedSegment(buffer.getLong(), 0));
    }
    return segments;
  }

  /** A number of things that follow, which may be more than there are, but never less than none. */
  private static int count(int count) {
    if (count < 0) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  /** Whether memory may be taken, and numbers given out, for what it says. */
  private boolean isPossible() {
    Set<Integer> ids = new HashSet<>();
    boolean poolsArePossible =
        pools.stream()
            .allMatch(pool -> pool.id() > 0 && pool.id() < nextPool && ids.add(pool.id()));
    boolean segmentsArePossible =
        segments == null
            || segments.isEmpty()
            || segments.firstKey() > 0
                && segments.values().stream()
                    .allMatch(
                        one -> one.end() >= 0 && one.end() <= FileTierSettings.MAX_SEGMENT_BYTES);
    return poolsArePossible
        && segmentsArePossible
        && SegmentFormat.isPageSize(pageBytes)
        && number >= 0
        && number < MOST_NUMBER
        && generation >= 0
        && nextPool > 0
        && nextPool <= MOST_POOLS
        && lastSequence >= 0
        && lastSequence <= SegmentNames.MOST_SEQUENCE;
  }

  /** Refuses a file that a later version of this program wrote. */
  static void checkVersion(String name, int readVersion) throws IOException {
    if (readVersion > SegmentFormat.READ_VERSION) {
      throw new IOException(
          name
              + " has format version "
              + readVersion
              + ", and this program reads versions up to "
              + SegmentFormat.READ_VERSION);
    }
  }
}
