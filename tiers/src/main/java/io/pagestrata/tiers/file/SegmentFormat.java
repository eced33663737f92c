// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.crypt.RecordCipher;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Layout of a segment file. {@code docs/format.md} outranks this class.
 *
 * <pre>
 *  0            4096                                   table                 trailer      end of file
 *  | file header | record | record | gap | record | ... | u16 u16 u16 ... | 0 | 64 bytes |
 *                                                       '------- footer, once sealed ----'
 *
 *  file header            0 | u64 magic            8 | u32 kind          12 | u16 read version
 *                        14 | u16 write version   16 | u128 store id     32 | u64 sequence
 *                        40 | u32 page bytes      44 | u32 record alignment
 *                        48 | u32 segment bytes   52 | u32 block bytes   56 | u32 stream
 *                        60 | u32 codec count     64 | codec count x (u8 id, 15 bytes name)
 *                      4008 | u64 sequence of the former segment
 *                      4016 | u64 end of its records
 *                      4024 | u64 number of the manifest
 *                      4036 | u32 rows of the header sums
 *                      4040 | u32 cipher         4044 | u32 0
 *                      4048 | u64 key id         4056 | 32 bytes salt of the run
 *                      4088 | u32 survives       4092 | u32 CRC32C of bytes 0 to 4091
 *
 *  record                     zpage header and payload, zeroes up to the record alignment;
 *                             encrypted, a tag of 16 bytes follows the payload
 *
 *  record table entry         bits 0..14 length in units of the record alignment, bit 15: a gap
 *  header sums                min(rows, records) x 28 bytes behind the table, see HeaderParity
 *
 *  trailer                0 | u64 table offset     8 | u32 table entries 12 | u32 records
 *                        16 | u64 payload bytes   24 | u64 min generation
 *                        32 | u64 max generation  40 | u64 sequence
 *                        48 | u32 tombstones      52 | u32 CRC32C of the footer up to here
 *                        56 | u64 end magic
 * </pre>
 *
 * <p>Little-endian. The read version is what a reader must understand, the write version what a
 * writer must understand to append. Stateless.
 */
final class SegmentFormat {
  static final int HEADER_BYTES = 4096;
  static final int TRAILER_BYTES = 64;
  static final int TABLE_ENTRY_BYTES = Short.BYTES;
  static final int GAP_FLAG = 0x8000;
  static final int MAX_ENTRY_UNITS = 0x7fff;

  static final long MAGIC = 0x0a1a5441_52545350L; // "PSTRAT" SUB LF
  static final long END_MAGIC = 0x0a1a444e_45545350L; // "PSTEND" SUB LF
  static final int KIND_SEGMENT = 1;

  /** Highest version that this program reads. */
  static final short READ_VERSION = 3;

  static final short WRITE_VERSION = 3;

  private static final int KIND_OFFSET = 8;
  private static final int READ_VERSION_OFFSET = 12;
  private static final int WRITE_VERSION_OFFSET = 14;
  private static final int STORE_ID_OFFSET = 16;
  private static final int SEQUENCE_OFFSET = 32;
  private static final int PAGE_BYTES_OFFSET = 40;
  private static final int RECORD_ALIGNMENT_OFFSET = 44;
  private static final int SEGMENT_BYTES_OFFSET = 48;
  private static final int BLOCK_BYTES_OFFSET = 52;
  private static final int STREAM_OFFSET = 56;
  private static final int CODEC_COUNT_OFFSET = 60;
  private static final int CODECS_OFFSET = 64;
  private static final int CODEC_ENTRY_BYTES = 16;
  private static final int FORMER_OFFSET = 4008;
  private static final int FORMER_END_OFFSET = 4016;
  private static final int MANIFEST_OFFSET = 4024;
  private static final int PARITY_ROWS_OFFSET = 4036;
  private static final int CIPHER_OFFSET = 4040;
  private static final int KEY_ID_OFFSET = 4048;
  private static final int SALT_OFFSET = 4056;
  private static final int CIPHER_NONE = 0;
  static final int CIPHER_AES_256_GCM = 1;
  private static final int SURVIVES_OFFSET = HEADER_BYTES - 2 * Integer.BYTES;
  private static final int HEADER_CRC_OFFSET = HEADER_BYTES - Integer.BYTES;

  private static final int TABLE_OFFSET_OFFSET = 0;
  private static final int TABLE_ENTRIES_OFFSET = 8;
  private static final int RECORDS_OFFSET = 12;
  private static final int PAYLOAD_BYTES_OFFSET = 16;
  private static final int MIN_GENERATION_OFFSET = 24;
  private static final int MAX_GENERATION_OFFSET = 32;
  private static final int TRAILER_SEQUENCE_OFFSET = 40;
  private static final int TOMBSTONES_OFFSET = 48;
  private static final int FOOTER_CRC_OFFSET = 52;
  private static final int END_MAGIC_OFFSET = 56;

  /** Names of at most 15 characters. */
  private static final SortedMap<Integer, String> CODECS = new TreeMap<>();

  static {
    Codecs.all().forEach(codec -> CODECS.put(codec.id(), codec.name().split("-")[0]));
    CODECS.put(PageCodec.FILL_ID, "fill");
    CODECS.put(PageCodec.ZSTD_DICTIONARY_ID, "zstd-dictionary");
    CODECS.put(PageCodec.CONTENT_ID, "content");
  }

  private SegmentFormat() {}

  /**
   * Bytes of a footer, from the table to the end of the file.
   *
   * @param tableBytes of record table and header sums
   */
  static long footerBytes(long tableOffset, long tableBytes, int alignment) {
    return AlignedBuffers.ceil(tableOffset + tableBytes + TRAILER_BYTES, alignment) - tableOffset;
  }

  /**
   * Fills the first {@link #HEADER_BYTES} bytes of a buffer.
   *
   * @param owner the store that it belongs to
   * @param seal what its records are encrypted with, null when they are not
   */
  static void writeHeader(
      ByteBuffer buffer,
      FileTierSettings settings,
      Manifest owner,
      boolean survives,
      long sequence,
      Stream stream,
      Seal seal) {
    buffer.clear().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < HEADER_BYTES; i += Long.BYTES) {
      buffer.putLong(i, 0);
    }
    buffer.putLong(0, MAGIC);
    buffer.putInt(KIND_OFFSET, KIND_SEGMENT);
    buffer.putShort(READ_VERSION_OFFSET, READ_VERSION);
    buffer.putShort(WRITE_VERSION_OFFSET, WRITE_VERSION);
    buffer.putLong(STORE_ID_OFFSET, owner.storeId().getMostSignificantBits());
    buffer.putLong(STORE_ID_OFFSET + Long.BYTES, owner.storeId().getLeastSignificantBits());
    buffer.putLong(SEQUENCE_OFFSET, sequence);
    buffer.putInt(PAGE_BYTES_OFFSET, settings.pageBytes());
    buffer.putInt(RECORD_ALIGNMENT_OFFSET, settings.recordAlignment());
    buffer.putInt(SEGMENT_BYTES_OFFSET, settings.segmentBytes());
    buffer.putInt(BLOCK_BYTES_OFFSET, settings.blockBytes());
    buffer.putInt(STREAM_OFFSET, stream.ordinal());
    buffer.putInt(CODEC_COUNT_OFFSET, CODECS.size());
    int entry = CODECS_OFFSET;
    for (Map.Entry<Integer, String> codec : CODECS.entrySet()) {
      buffer.put(entry, codec.getKey().byteValue());
      buffer.put(entry + 1, codec.getValue().getBytes(StandardCharsets.US_ASCII));
      entry += CODEC_ENTRY_BYTES;
    }
    if (seal != null) {
      buffer.putInt(CIPHER_OFFSET, CIPHER_AES_256_GCM);
      buffer.putLong(KEY_ID_OFFSET, seal.keyId());
      buffer.put(SALT_OFFSET, seal.salt());
    }
    buffer.putInt(SURVIVES_OFFSET, survives ? 1 : 0);
    if (survives) {
      buffer.putLong(MANIFEST_OFFSET, owner.number());
      buffer.putInt(PARITY_ROWS_OFFSET, HeaderParity.rowsFor(settings.segmentBytes()));
    }
    sealHeader(buffer);
  }

  private static void sealHeader(ByteBuffer buffer) {
    buffer.putInt(HEADER_CRC_OFFSET, crc(buffer, 0, HEADER_CRC_OFFSET));
    buffer.position(0).limit(HEADER_BYTES);
  }

  /** Says in a file header where the records of a segment end that came before. */
  static void setFormer(ByteBuffer buffer, long sequence, long end) {
    buffer.clear().order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(FORMER_OFFSET, sequence).putLong(FORMER_END_OFFSET, end);
    sealHeader(buffer);
  }

  /** Changes the rows of the header sums in a file header. */
  static void setParityRows(ByteBuffer buffer, int rows) {
    buffer.clear().order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(PARITY_ROWS_OFFSET, rows);
    sealHeader(buffer);
  }

  /** Whether a buffer begins as a segment file of any version does. */
  static boolean isSegment(ByteBuffer buffer) {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    return buffer.getLong(0) == MAGIC && buffer.getInt(KIND_OFFSET) == KIND_SEGMENT;
  }

  /**
   * With what the records of a segment are encrypted.
   *
   * @param keyId id of the key from which the key of the run was derived
   * @param salt random bytes of the run, with which it was derived
   */
  record Seal(long keyId, byte[] salt) {}

  /**
   * What a file header says.
   *
   * @param survives whether the segment belongs to a durable store
   * @param seal with what its records are encrypted, null when they are not
   * @param segmentBytes most bytes of a segment of its store
   * @param blockBytes alignment of the writes in it
   * @param manifest number of the manifest when it was made, 0 when unknown
   * @param parityRows rows of the header sums in its footer, 0 when there are none
   * @param former sequence of the segment that was written before in the same stream; 0 for none
   * @param formerEnd where the records of that end, which were on the medium at its making
   */
  record Header(
      int readVersion,
      UUID storeId,
      long sequence,
      int pageBytes,
      int unitBytes,
      int segmentBytes,
      int blockBytes,
      int stream,
      boolean survives,
      long manifest,
      int parityRows,
      long former,
      long formerEnd,
      Seal seal) {
    /** Whether memory may be taken for what it says: a checksum may be right by chance. */
    private boolean isPossible() {
      return isPageSize(pageBytes)
          && unitBytes == ZpageBatch.recordAlignment(pageBytes)
          && segmentBytes > 0
          && segmentBytes <= FileTierSettings.MAX_SEGMENT_BYTES
          && (blockBytes == 1 || blockBytes == AlignedBuffers.BLOCK_BYTES)
          && parityRows >= 0
          && parityRows <= HeaderParity.MOST_ROWS;
    }
  }

  /** Whether pages may have this size. */
  static boolean isPageSize(int bytes) {
    return Integer.bitCount(bytes) == 1
        && bytes >= 1 << ZpageHeader.MIN_PAGE_SHIFT
        && bytes <= FileTierSettings.MAX_PAGE_BYTES;
  }

  /**
   * Reads a file header; null when it is damaged, or says what no program writes. A newer one is
   * read as far as it is known.
   */
  static Header readHeader(ByteBuffer buffer) {
    if (!isSegment(buffer)
        || buffer.getInt(HEADER_CRC_OFFSET) != crc(buffer, 0, HEADER_CRC_OFFSET)) {
      return null;
    }
    Header header = header(buffer);
    return header.readVersion() > READ_VERSION || header.isPossible() ? header : null;
  }

  private static Header header(ByteBuffer buffer) {
    return new Header(
        buffer.getShort(READ_VERSION_OFFSET) & 0xffff,
        new UUID(buffer.getLong(STORE_ID_OFFSET), buffer.getLong(STORE_ID_OFFSET + Long.BYTES)),
        buffer.getLong(SEQUENCE_OFFSET),
        buffer.getInt(PAGE_BYTES_OFFSET),
        buffer.getInt(RECORD_ALIGNMENT_OFFSET),
        buffer.getInt(SEGMENT_BYTES_OFFSET),
        buffer.getInt(BLOCK_BYTES_OFFSET),
        buffer.getInt(STREAM_OFFSET),
        buffer.getInt(SURVIVES_OFFSET) != 0,
        buffer.getLong(MANIFEST_OFFSET),
        buffer.getInt(PARITY_ROWS_OFFSET),
        buffer.getLong(FORMER_OFFSET),
        buffer.getLong(FORMER_END_OFFSET),
        readSeal(buffer));
  }

  private static Seal readSeal(ByteBuffer buffer) {
    if (buffer.getInt(CIPHER_OFFSET) == CIPHER_NONE) {
      return null;
    }
    byte[] salt = new byte[RecordCipher.SALT_BYTES];
    buffer.get(SALT_OFFSET, salt);
    return new Seal(buffer.getLong(KEY_ID_OFFSET), salt);
  }

  /**
   * Where the footer of a file begins.
   *
   * @param buffer holds the last {@link #TRAILER_BYTES} bytes of the file
   * @param start where they begin in the buffer
   * @return an offset in the file, not yet to be trusted, or -1 when these bytes are no trailer
   */
  static long tableOffset(ByteBuffer buffer, int start, long fileBytes) {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    long offset = buffer.getLong(start + TABLE_OFFSET_OFFSET);
    boolean plausible =
        buffer.getLong(start + END_MAGIC_OFFSET) == END_MAGIC
            && offset >= HEADER_BYTES
            && offset <= fileBytes - TRAILER_BYTES;
    return plausible ? offset : -1;
  }

  /** What a trailer says of all records together. */
  record Sums(
      int records, long payloadBytes, long minGeneration, long maxGeneration, int tombstones) {}

  /** Reads the sums of a trailer, whole or not. */
  static Sums sums(ByteBuffer buffer, int start) {
    return new Sums(
        buffer.getInt(start + RECORDS_OFFSET),
        buffer.getLong(start + PAYLOAD_BYTES_OFFSET),
        buffer.getLong(start + MIN_GENERATION_OFFSET),
        buffer.getLong(start + MAX_GENERATION_OFFSET),
        buffer.getInt(start + TOMBSTONES_OFFSET));
  }

  /**
   * Fills a buffer with the footer of a segment, ready to be written at the table offset.
   *
   * @param buffer from position 0, large enough for {@link #footerBytes}
   */
  static void writeFooter(
      ByteBuffer buffer, RecordTable table, long tableOffset, long sequence, int alignment) {
    int bytes = (int) footerBytes(tableOffset, table.bytesWritten(), alignment);
    int trailer = bytes - TRAILER_BYTES;
    buffer.clear().order(ByteOrder.LITTLE_ENDIAN);
    int end = table.writeTo(buffer);
    for (int i = end; i < trailer; i++) {
      buffer.put(i, (byte) 0);
    }
    buffer.putLong(trailer + TABLE_OFFSET_OFFSET, tableOffset);
    buffer.putInt(trailer + TABLE_ENTRIES_OFFSET, table.entries());
    buffer.putInt(trailer + RECORDS_OFFSET, table.records());
    buffer.putLong(trailer + PAYLOAD_BYTES_OFFSET, table.payloadBytes());
    buffer.putLong(trailer + MIN_GENERATION_OFFSET, table.minGeneration());
    buffer.putLong(trailer + MAX_GENERATION_OFFSET, table.maxGeneration());
    buffer.putLong(trailer + TRAILER_SEQUENCE_OFFSET, sequence);
    buffer.putInt(trailer + TOMBSTONES_OFFSET, table.tombstones());
    buffer.putInt(trailer + FOOTER_CRC_OFFSET, crc(buffer, 0, trailer + FOOTER_CRC_OFFSET));
    buffer.putLong(trailer + END_MAGIC_OFFSET, END_MAGIC);
    buffer.position(0).limit(bytes);
  }

  /**
   * Takes the record table out of a footer.
   *
   * @param buffer holds the footer
   * @param start where the footer begins in the buffer
   * @param bytes its length
   * @return false when it is not the undamaged footer of this segment
   */
  static boolean readFooter(
      ByteBuffer buffer, int start, int bytes, long tableOffset, long sequence, RecordTable table) {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    int trailer = start + bytes - TRAILER_BYTES;
    if (buffer.getLong(trailer + END_MAGIC_OFFSET) != END_MAGIC
        || buffer.getLong(trailer + TRAILER_SEQUENCE_OFFSET) != sequence
        || buffer.getLong(trailer + TABLE_OFFSET_OFFSET) != tableOffset
        || buffer.getInt(trailer + FOOTER_CRC_OFFSET)
            != crc(buffer, start, trailer + FOOTER_CRC_OFFSET - start)) {
      return false;
    }
    int entries = buffer.getInt(trailer + TABLE_ENTRIES_OFFSET);
    if (entries < 0 || entries > (trailer - start) / TABLE_ENTRY_BYTES) {
      return false;
    }
    table.readFrom(buffer, start, entries);
    return true;
  }

  /** Whether a trailer that lies in a buffer up to this position names this segment. */
  static boolean isTrailerOf(ByteBuffer buffer, int end, long sequence) {
    return buffer.getLong(end - TRAILER_BYTES + TRAILER_SEQUENCE_OFFSET) == sequence;
  }

  /** The trailer of a footer that lies in a buffer up to this position. */
  static byte[] trailer(ByteBuffer buffer, int end) {
    byte[] trailer = new byte[TRAILER_BYTES];
    buffer.get(end - TRAILER_BYTES, trailer);
    return trailer;
  }

  /** Highest generation of the records of a segment, as its trailer says. */
  static long highestGeneration(byte[] trailer) {
    return ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN).getLong(MAX_GENERATION_OFFSET);
  }

  /** Checksum of the footer that ends with a trailer. */
  static int footerChecksum(byte[] trailer) {
    return ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN).getInt(FOOTER_CRC_OFFSET);
  }

  /** CRC32C of some bytes of a buffer. */
  static int crc(ByteBuffer buffer, int start, int bytes) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(start, bytes));
    return (int) crc.getValue();
  }

  /** What a segment was written for; its ordinal stands in the file header. */
  enum Stream {
    /** Zpages that came from the tier above. */
    WRITEBACK,
    /** Survivors of cleaning, kept apart because they are colder. */
    CLEANING
  }
}
