// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Zpages copied out of an upper tier, packed back to back as the tier below will hold them.
 *
 * <p>The copy is the bounce buffer of the compressed-writeback discussion of Linux (2024): the
 * zpool stays free to move and drop objects while the write is in flight. Each zpage starts at a
 * multiple of {@link #recordAlignment}; the gap before the next one is zeroed, so that no foreign
 * bytes reach a disk (hazard H11). Owned by one thread at a time; preallocated and reused.
 */
public final class ZpageBatch {
  private static final int MEAN_ZPAGES_PER_PAGE_OF_ROOM = 8;

  private final ByteBuffer data;
  private final int recordAlignment;
  private final int[] offsets;
  private final int[] fromBytes;
  private final long[] fromLocators;
  private final long[] toLocators;
  private final long[] backings;
  private long[] regions = new long[8];
  private int count;
  private int regionCount;
  private long payloadBytes;
  private int tiersSkipped;

  /**
   * Makes an empty batch.
   *
   * @param data direct buffer; its capacity bounds the batch
   * @param pageBytes page size of the store
   */
  public ZpageBatch(ByteBuffer data, int pageBytes) {
    this.data = data;
    this.recordAlignment = recordAlignment(pageBytes);
    int most = Math.max(1, data.capacity() / pageBytes * MEAN_ZPAGES_PER_PAGE_OF_ROOM);
    offsets = new int[most];
    fromBytes = new int[most];
    fromLocators = new long[most];
    toLocators = new long[most];
    backings = new long[most];
  }

  /**
   * Alignment of zpages in batches and segments: a 256th of a page.
   *
   * @param pageBytes page size of the store
   * @return bytes, 16 for pages of 4 KiB
   */
  public static int recordAlignment(int pageBytes) {
    return pageBytes >>> 8;
  }

  /**
   * Copies one zpage without backing to the end.
   *
   * @param memory buffer that holds it
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param fromLocator where it rests now
   * @return false, with nothing changed, when it does not fit
   */
  public boolean add(ByteBuffer memory, int offset, int bytes, long fromLocator) {
    return add(memory, offset, bytes, fromLocator, UpperTier.NO_BACKING);
  }

  /**
   * Copies one zpage to the end.
   *
   * @param memory buffer that holds it
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param fromLocator where it rests now
   * @param backing locator of its copy further down, or {@link UpperTier#NO_BACKING}
   * @return false, with nothing changed, when it does not fit
   */
  public boolean add(ByteBuffer memory, int offset, int bytes, long fromLocator, long backing) {
    int start = data.position();
    int padded = (bytes + recordAlignment - 1) & -recordAlignment;
    if (count == offsets.length || padded > data.capacity() - start) {
      return false;
    }
    data.put(start, memory, offset, bytes);
    pad(start, bytes);
    offsets[count] = start;
    fromBytes[count] = bytes;
    backings[count] = backing;
    fromLocators[count++] = fromLocator;
    payloadBytes += bytes - ZpageHeader.BYTES;
    return true;
  }

  /** Zeroes what follows a zpage up to the next multiple, and lets the next one begin there. */
  private void pad(int start, int bytes) {
    int end = start + ((bytes + recordAlignment - 1) & -recordAlignment);
    for (int i = start + bytes; i < end; i++) {
      data.put(i, (byte) 0);
    }
    data.position(end);
  }

  /**
   * Has each zpage made denser, and closes the gaps. What each took above stays known.
   *
   * @param recompressor makes zpages denser in place
   */
  public void recompress(Recompressor recompressor) {
    int end = 0;
    payloadBytes = 0;
    for (int i = 0; i < count; i++) {
      int bytes = recompressor.recompress(data, offsets[i], fromBytes[i]);
      if (offsets[i] != end) {
        data.put(end, data, offsets[i], bytes);
        offsets[i] = end;
      }
      pad(end, bytes);
      end = data.position();
      payloadBytes += bytes - ZpageHeader.BYTES;
    }
  }

  /**
   * Whether a zpage of this size would fit.
   *
   * @param bytes header and payload length
   * @return true when {@link #add} would succeed
   */
  public boolean hasRoom(int bytes) {
    return count < offsets.length
        && ((bytes + recordAlignment - 1) & -recordAlignment) <= data.capacity() - data.position();
  }

  /**
   * Notes that the last zpage of a region is in this batch, so that committing it settles the
   * region.
   *
   * @param region an answer of {@link UpperTier#reclaim}
   */
  public void addRegion(long region) {
    if (regionCount == regions.length) {
      regions = Arrays.copyOf(regions, regionCount * 2);
    }
    regions[regionCount++] = region;
  }

  /** Empties the batch for its next use. */
  public void clear() {
    data.clear();
    count = 0;
    regionCount = 0;
    payloadBytes = 0;
    tiersSkipped = 0;
  }

  /**
   * The packed zpages, from 0 to {@link #bytes}.
   *
   * @return the batch's own buffer; tiers write from a duplicate or absolutely
   */
  public ByteBuffer data() {
    return data;
  }

  /**
   * Length of the packed zpages, padding included.
   *
   * @return bytes
   */
  public int bytes() {
    return data.position();
  }

  /**
   * Payload without headers and padding.
   *
   * @return bytes
   */
  public long payloadBytes() {
    return payloadBytes;
  }

  /**
   * Zpages in the batch.
   *
   * @return how many
   */
  public int count() {
    return count;
  }

  /**
   * Zpages that a batch takes at most, however small they are.
   *
   * @return how many
   */
  public int mostZpages() {
    return offsets.length;
  }

  /**
   * Alignment of zpages in this batch.
   *
   * @return bytes
   */
  public int recordAlignment() {
    return recordAlignment;
  }

  /**
   * Where a zpage starts in {@link #data}.
   *
   * @param i number in the batch
   * @return first byte of its header
   */
  public int offset(int i) {
    return offsets[i];
  }

  /**
   * Where a zpage was copied from.
   *
   * @param i number in the batch
   * @return locator in the upper tier
   */
  public long fromLocator(int i) {
    return fromLocators[i];
  }

  /**
   * Copy of a zpage further down, which a RAM tier notes with it.
   *
   * @param i number in the batch
   * @return its backing locator, or {@link UpperTier#NO_BACKING}
   */
  public long backing(int i) {
    return backings[i];
  }

  /**
   * What a zpage took above, before anything made it denser.
   *
   * @param i number in the batch
   * @return header and payload length in the upper tier
   */
  public int fromBytes(int i) {
    return fromBytes[i];
  }

  /**
   * Where a zpage was stored.
   *
   * @param i number in the batch
   * @return locator in the lower tier
   */
  public long toLocator(int i) {
    return toLocators[i];
  }

  /**
   * Tells where a zpage was stored.
   *
   * @param i number in the batch
   * @param locator locator in the lower tier
   */
  public void setToLocator(int i, long locator) {
    toLocators[i] = locator;
  }

  /**
   * Tells which copy in a lower tier the zpage is stored with.
   *
   * @param i number in the batch
   * @param backing as {@link UpperTier#backing}, or {@link UpperTier#NO_BACKING}
   */
  public void setBacking(int i, long backing) {
    backings[i] = backing;
  }

  /**
   * Tiers between the one the batch came from and the one that stored it.
   *
   * @return 0 when it was the next one
   */
  public int tiersSkipped() {
    return tiersSkipped;
  }

  /**
   * Tells that a tier further down stored the batch.
   *
   * @param tiers tiers in between
   */
  public void skipTiers(int tiers) {
    tiersSkipped = tiers;
  }

  /**
   * Regions whose last zpage is in this batch.
   *
   * @return how many
   */
  public int regionCount() {
    return regionCount;
  }

  /**
   * A region whose last zpage is in this batch.
   *
   * @param i number, below {@link #regionCount}
   * @return the region
   */
  public long region(int i) {
    return regions[i];
  }
}
