// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Layout of the 32 bytes in front of every zpage, the same in RAM, on the wire and on disk.
 *
 * <pre>
 * offset  0        4        6       7       8            16        24        28        32
 *         | crc32c | stored | codec | flags | generation | object  | index   | pool    | payload...
 *         | u32    | u16    | u8    | u8    | u64        | u64     | u32     | u32     | stored bytes
 *                                    `--- bits 0..3: log2(page bytes) - 12; bit 4: tombstone;
 *                                         bits 5..6: recompression step; bit 7: never set
 * </pre>
 *
 * <p>Little-endian whatever the order of the buffer. The checksum covers bytes 4 to the end of the
 * payload. A stored length of 0 means 65536 bytes (a 64 KiB page that did not shrink), except in a
 * tombstone, which has no payload. {@code docs/format.md} outranks this class.
 *
 * <p>Stateless and thread-safe. Accessors do not check what they read: callers compare key,
 * generation and checksum first. All offsets are byte positions in the buffer; out-of-range ones
 * throw {@link IndexOutOfBoundsException}.
 */
public final class ZpageHeader {
  /** Bytes in front of the payload. */
  public static final int BYTES = 32;

  /** Flag: the record says that a page was removed; it has no payload. */
  public static final int FLAG_TOMBSTONE = 0x10;

  /**
   * Flag that no zpage ever carries: read as a little-endian long, the first eight bytes of a
   * header are never negative. The RAM tier tells a header from a trailer by it.
   */
  public static final int FLAG_NEVER_SET = 0x80;

  /** Highest step of recompression that a header can tell, see {@link #recompressionStep}. */
  public static final int MAX_STEP = 3;

  /**
   * Highest generation: the page table keeps 58 bits of that of a removal. A store that takes ten
   * million of them in a second reaches it in nine centuries, so what claims more is damage.
   */
  public static final long MOST_GENERATION = (1L << 58) - 1;

  /** Smallest page: 4 KiB. */
  public static final int MIN_PAGE_SHIFT = 12;

  private static final int STEP_SHIFT = 5;
  private static final int STEP_MASK = MAX_STEP << STEP_SHIFT;

  private static final int STORED_OFFSET = 4;
  private static final int CODEC_OFFSET = 6;
  private static final int FLAGS_OFFSET = 7;
  private static final int GENERATION_OFFSET = 8;
  private static final int OBJECT_OFFSET = 16;
  private static final int INDEX_OFFSET = 24;
  private static final int POOL_OFFSET = 28;

  private static final VarHandle SHORT =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ZpageHeader() {}

  /**
   * Writes every field but the checksum, which {@link #seal} adds.
   *
   * @param buffer where the zpage is built
   * @param offset first byte of the header
   * @param pool pool id
   * @param object object of the page
   * @param index page index in the object
   * @param generation generation of the put
   * @param codec codec id
   * @param flags flag bits, 0 for a plain page
   * @param pageShift log2 of the page size in bytes, 12 to 16
   * @param storedBytes payload length in bytes, 0 to 65536
   */
  public static void write(
      ByteBuffer buffer,
      int offset,
      int pool,
      long object,
      int index,
      long generation,
      int codec,
      int flags,
      int pageShift,
      int storedBytes) {
    SHORT.set(buffer, offset + STORED_OFFSET, (short) storedBytes);
    buffer.put(offset + CODEC_OFFSET, (byte) codec);
    buffer.put(offset + FLAGS_OFFSET, (byte) (flags | (pageShift - MIN_PAGE_SHIFT)));
    LONG.set(buffer, offset + GENERATION_OFFSET, generation);
    LONG.set(buffer, offset + OBJECT_OFFSET, object);
    INT.set(buffer, offset + INDEX_OFFSET, index);
    INT.set(buffer, offset + POOL_OFFSET, pool);
  }

  /**
   * Computes and stores the checksum of a zpage whose header and payload are complete.
   *
   * @param buffer holds the zpage; its position and limit are changed and restored
   * @param offset first byte of the header
   * @param crc a checksum object of the calling thread, reset by this method
   */
  public static void seal(ByteBuffer buffer, int offset, CRC32C crc) {
    seal(buffer, offset, 0, crc);
  }

  /**
   * The same for a zpage with bytes of a tier behind its payload, which the checksum covers too.
   *
   * @param buffer holds the zpage; its position and limit are changed and restored
   * @param offset first byte of the header
   * @param behindBytes how many bytes belong to it behind the payload
   * @param crc a checksum object of the calling thread, reset by this method
   */
  public static void seal(ByteBuffer buffer, int offset, int behindBytes, CRC32C crc) {
    int bytes = zpageBytes(buffer, offset) + behindBytes;
    INT.set(buffer, offset, computeCrc(buffer, offset, bytes, crc));
  }

  /**
   * Whether the stored checksum matches header and payload.
   *
   * @param buffer holds the zpage; position and limit are changed and restored, so a buffer shared
   *     between threads must be passed as a duplicate
   * @param offset first byte of the header
   * @param availableBytes bytes that may be read from {@code offset} on; a header that claims more
   *     is damaged
   * @param crc a checksum object of the calling thread, reset by this method
   * @return true when the zpage is whole
   */
  public static boolean verify(ByteBuffer buffer, int offset, int availableBytes, CRC32C crc) {
    return verify(buffer, offset, availableBytes, 0, crc);
  }

  /**
   * The same for a zpage with bytes of a tier behind its payload, which the checksum covers too.
   *
   * @param buffer holds the zpage; position and limit are changed and restored
   * @param offset first byte of the header
   * @param availableBytes bytes that may be read from {@code offset} on
   * @param behindBytes how many bytes belong to it behind the payload
   * @param crc a checksum object of the calling thread, reset by this method
   * @return true when the zpage and what is behind it are whole
   */
  public static boolean verify(
      ByteBuffer buffer, int offset, int availableBytes, int behindBytes, CRC32C crc) {
    if (availableBytes < BYTES) {
      return false;
    }
    int bytes = zpageBytes(buffer, offset) + behindBytes;
    return bytes <= availableBytes
        && (int) INT.get(buffer, offset) == computeCrc(buffer, offset, bytes, crc);
  }

  private static int computeCrc(ByteBuffer buffer, int offset, int bytes, CRC32C crc) {
    int position = buffer.position();
    int limit = buffer.limit();
    crc.reset();
    buffer.limit(offset + bytes).position(offset + STORED_OFFSET);
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }

  /**
   * Whether the header names this page.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @param pool pool id
   * @param object object of the page
   * @param index page index in the object
   * @return true when all three are equal
   */
  public static boolean isFor(ByteBuffer buffer, int offset, int pool, long object, int index) {
    return object(buffer, offset) == object
        && index(buffer, offset) == index
        && pool(buffer, offset) == pool;
  }

  /**
   * Checksum field.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return CRC32C as stored
   */
  public static int crc(ByteBuffer buffer, int offset) {
    return (int) INT.get(buffer, offset);
  }

  /**
   * Length of the payload.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return bytes, 0 to 65536
   */
  public static int storedBytes(ByteBuffer buffer, int offset) {
    int stored = (short) SHORT.get(buffer, offset + STORED_OFFSET) & 0xffff;
    return stored == 0 && (flags(buffer, offset) & FLAG_TOMBSTONE) == 0 ? 0x10000 : stored;
  }

  /**
   * Length of header and payload together.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return bytes, 32 to 65568
   */
  public static int zpageBytes(ByteBuffer buffer, int offset) {
    return BYTES + storedBytes(buffer, offset);
  }

  /**
   * Codec that made the payload.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return codec id, 0 to 255
   */
  public static int codec(ByteBuffer buffer, int offset) {
    return buffer.get(offset + CODEC_OFFSET) & 0xff;
  }

  /**
   * Flag bits without the page size.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return the upper four bits in place
   */
  public static int flags(ByteBuffer buffer, int offset) {
    return buffer.get(offset + FLAGS_OFFSET) & 0xf0;
  }

  /**
   * Whether the flags are those of a page, not of a tombstone or of damage.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return true when nothing but the recompression step is set
   */
  public static boolean isPage(ByteBuffer buffer, int offset) {
    return (flags(buffer, offset) & ~STEP_MASK) == 0;
  }

  /**
   * How far recompression has tried this zpage, with or without gain; it is not tried again at this
   * step or an earlier one.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return 0 for never, up to {@link #MAX_STEP}
   */
  public static int recompressionStep(ByteBuffer buffer, int offset) {
    return (flags(buffer, offset) & STEP_MASK) >>> STEP_SHIFT;
  }

  /**
   * Notes how far recompression tried this zpage, and seals it again.
   *
   * @param buffer holds the zpage, header and payload complete but for the checksum
   * @param offset first byte of the header
   * @param codec codec that made the payload
   * @param storedBytes length of the payload
   * @param step 1 to {@link #MAX_STEP}
   * @param crc a checksum object of the calling thread
   */
  public static void recompressed(
      ByteBuffer buffer, int offset, int codec, int storedBytes, int step, CRC32C crc) {
    SHORT.set(buffer, offset + STORED_OFFSET, (short) storedBytes);
    buffer.put(offset + CODEC_OFFSET, (byte) codec);
    int others = buffer.get(offset + FLAGS_OFFSET) & ~STEP_MASK;
    buffer.put(offset + FLAGS_OFFSET, (byte) (others | step << STEP_SHIFT));
    seal(buffer, offset, crc);
  }

  /**
   * Size of the page before compression.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return log2 of bytes, 12 and up
   */
  public static int pageShift(ByteBuffer buffer, int offset) {
    return (buffer.get(offset + FLAGS_OFFSET) & 0x0f) + MIN_PAGE_SHIFT;
  }

  /**
   * Generation of the put that made this zpage.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return store-wide number, never reused
   */
  public static long generation(ByteBuffer buffer, int offset) {
    return (long) LONG.get(buffer, offset + GENERATION_OFFSET);
  }

  /**
   * Object of the page.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return 64-bit object
   */
  public static long object(ByteBuffer buffer, int offset) {
    return (long) LONG.get(buffer, offset + OBJECT_OFFSET);
  }

  /**
   * Index of the page in its object.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return unsigned 32-bit index
   */
  public static int index(ByteBuffer buffer, int offset) {
    return (int) INT.get(buffer, offset + INDEX_OFFSET);
  }

  /**
   * Pool of the page.
   *
   * @param buffer holds the zpage
   * @param offset first byte of the header
   * @return pool id
   */
  public static int pool(ByteBuffer buffer, int offset) {
    return (int) INT.get(buffer, offset + POOL_OFFSET);
  }
}
