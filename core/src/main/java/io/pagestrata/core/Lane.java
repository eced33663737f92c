// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.latency.LatencyHistogram;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What one operation needs: buffers, codec contexts, counters. Owned by one thread from {@link
 * Lanes#borrow} to {@link Lanes#giveBack}, so nothing in it is shared (hazard H13) and nothing is
 * allocated per page.
 */
final class Lane {
  private static final int BUFFER_ALIGNMENT = 4096;

  /** A page that came from, or goes to, the Java heap. */
  final ByteBuffer page;

  /** Header and payload of a put. */
  final ByteBuffer zpage;

  /** Where tiers below RAM put what they fetched. */
  final ByteBuffer scratch;

  final CRC32C crc = new CRC32C();
  final LatencyHistogram[] latencyByTier;
  final PageRead read;

  /** Reads the content that the page of {@link #read} shares. */
  final PageRead contentRead;

  final TwinRead twin;
  final PutEntry entry;

  /** Id of the codec of the payload in {@link #zpage}. */
  int codecId;

  /** Where the zpage came from that was read last: below the tier of its entry, if that failed. */
  int servedTier;

  /** Size of the zpage that a tenant's limit refused last. */
  int refusedBytes;

  final int home;

  private final int pageBytes;
  private final CodecTable codecTable;
  private final CodecContext[] decoders = new CodecContext[CodecTable.IDS];
  private final long[] counters = new long[Counter.values().length];
  private PageCodec encoderCodec;
  private CodecContext encoder;
  private final MemoryViews views = new MemoryViews();

  Lane(
      int home,
      PageHierarchy hierarchy,
      boolean verifyRam,
      int scratchBytes,
      CodecTable codecTable) {
    this.home = home;
    this.pageBytes = hierarchy.pageBytes();
    this.codecTable = codecTable;
    page = ByteBuffer.allocateDirect(pageBytes);
    zpage = ByteBuffer.allocateDirect(zpageCapacity(pageBytes));
    scratch =
        ByteBuffer.allocateDirect(scratchCapacity(scratchBytes)).alignedSlice(BUFFER_ALIGNMENT);
    read = new PageRead(hierarchy, this, verifyRam);
    contentRead = new PageRead(hierarchy, this, verifyRam);
    twin = new TwinRead(hierarchy, this);
    entry = new PutEntry(hierarchy);
    latencyByTier = new LatencyHistogram[hierarchy.tierCount()];
    for (int i = 0; i < latencyByTier.length; i++) {
      latencyByTier[i] = new LatencyHistogram();
    }
  }

  /** Any codec fits without a bounds failure: lz4 and zstd grow a page by less than a 128th. */
  private static int zpageCapacity(int pageBytes) {
    return ZpageHeader.BYTES + pageBytes + pageBytes / 128 + 512;
  }

  /** An aligned slice loses bytes at both ends, so whole units and one more are taken. */
  private static int scratchCapacity(int scratchBytes) {
    int units = (scratchBytes + BUFFER_ALIGNMENT - 1) / BUFFER_ALIGNMENT;
    return (units + 1) * BUFFER_ALIGNMENT;
  }

  /** Off-heap and heap bytes of a lane, codec contexts included by a generous estimate. */
  static long memoryBytes(int pageBytes, int scratchBytes) {
    return pageBytes
        + zpageCapacity(pageBytes)
        + scratchCapacity(scratchBytes)
        + CodecTable.IDS * 8L
        + 16 * 1024;
  }

  void count(Counter counter) {
    counters[counter.ordinal()]++;
  }

  void count(Counter counter, long amount) {
    counters[counter.ordinal()] += amount;
  }

  long counted(Counter counter) {
    return counters[counter.ordinal()];
  }

  /**
   * Compresses {@link #page} behind the place of the header; {@link #codecId} tells with what.
   *
   * @return payload bytes; {@code pageBytes} when the page was copied as it is
   */
  int compress(PageCodec codec, int pool) {
    if (encoderCodec != codec) {
      closeEncoder();
      encoder = codec.newContext();
      encoderCodec = codec;
    }
    codecId = encoder.codecFor(pool);
    int room = zpage.capacity() - ZpageHeader.BYTES;
    int stored = encoder.compress(page, 0, pageBytes, zpage, ZpageHeader.BYTES, room);
    // Saving less than a record's alignment would only cost the decompression.
    if (stored < 0 || stored > pageBytes - pageBytes / 64) {
      zpage.put(ZpageHeader.BYTES, page, 0, pageBytes);
      codecId = PageCodec.NONE_ID;
      return pageBytes;
    }
    return stored;
  }

  /** Puts the word of a same-filled page behind the place of the header; returns its length. */
  int compressFilled() {
    zpage.put(ZpageHeader.BYTES, page, 0, Long.BYTES);
    codecId = PageCodec.FILL_ID;
    return Long.BYTES;
  }

  /** Writes header and checksum of the zpage whose payload is behind their place. */
  void seal(Pool pool, long object, int index, long generation, int flags, int storedBytes) {
    int shift = Integer.numberOfTrailingZeros(pageBytes);
    ZpageHeader.write(
        zpage, 0, pool.id(), object, index, generation, codecId, flags, shift, storedBytes);
    ZpageHeader.seal(zpage, 0, crc);
  }

  /** Decompresses the payload of a zpage whose header was checked. */
  void decompress(
      ByteBuffer memory, int offset, int storedBytes, ByteBuffer target, int targetOffset)
      throws CodecException {
    int id = ZpageHeader.codec(memory, offset);
    if (id == PageCodec.FILL_ID && storedBytes == Long.BYTES) {
      long word = SameFilled.word(memory, offset + ZpageHeader.BYTES);
      SameFilled.fill(target, targetOffset, pageBytes, word);
      return;
    }
    if (id == PageCodec.LOST_ID) {
      throw new CodecException("its content was lost to damage that was found before", null);
    }
    CodecContext decoder = decoders[id];
    if (decoder == null) {
      if (codecTable.find(id) == null) {
        throw new CodecException("no codec has id " + id, null);
      }
      decoder = codecTable.find(id).newContext();
      decoders[id] = decoder;
    }
    decoder.decompress(
        memory, offset + ZpageHeader.BYTES, storedBytes, target, targetOffset, pageBytes);
  }

  /** Whether header and payload match their checksum. */
  boolean verify(ByteBuffer memory, int offset, int availableBytes) {
    // A checksum moves the position, which pool memory shared by all threads must not do.
    ByteBuffer own = memory == scratch ? memory : views.of(memory);
    return ZpageHeader.verify(own, offset, availableBytes, crc);
  }

  /** Frees what has native memory; the lane must not be used again. */
  void close() {
    closeEncoder();
    for (CodecContext decoder : decoders) {
      if (decoder != null) {
        decoder.close();
      }
    }
    views.clear();
  }

  private void closeEncoder() {
    if (encoder != null) {
      encoder.close();
      encoder = null;
      encoderCodec = null;
    }
  }

  /** Counter of the gets served by a tier. */
  static Counter hits(int tier) {
    return HITS[tier];
  }

  private static final Counter[] HITS = {
    Counter.TIER_0_HITS, Counter.TIER_1_HITS, Counter.TIER_2_HITS, Counter.TIER_3_HITS
  };

  static {
    assert HITS.length == Entry.MAX_TIERS;
  }
}
