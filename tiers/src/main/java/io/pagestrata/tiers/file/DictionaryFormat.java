// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.SegmentFormat.Seal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SortedMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The file of a dictionary. {@code docs/format.md} outranks this class.
 *
 * <pre>
 *   0 | u64 magic      8 | u32 kind      12 | u16 read version   14 | u16 write version
 *  16 | u128 store id 32 | u32 number    36 | u32 pool           40 | u32 bytes of the record
 *  44 | u32 cipher    48 | u64 key id    56 | 32 bytes salt      88 | u64 place in the nonce
 *  96 | zeroes       128 | the record: a zpage whose payload is the content, sealed or not
 *  then u32 CRC32C of all before, zeroes up to a multiple of 4096
 * </pre>
 *
 * <p>Thread-safe, as the keys are.
 */
final class DictionaryFormat {
  static final int KIND_DICTIONARY = 3;
  static final Pattern NAME = Pattern.compile("dictionary-([0-9]{8})\\.psd");

  /** Longest payload of a zpage. */
  static final int MOST_CONTENT_BYTES = 1 << 16;

  /** It has two bytes in a payload. */
  private static final long MOST_NUMBER = 0xffff;

  private static final int KIND_OFFSET = 8;
  private static final int READ_VERSION_OFFSET = 12;
  private static final int WRITE_VERSION_OFFSET = 14;
  private static final int STORE_ID_OFFSET = 16;
  private static final int NUMBER_OFFSET = 32;
  private static final int POOL_OFFSET = 36;
  private static final int LENGTH_OFFSET = 40;
  private static final int CIPHER_OFFSET = 44;
  private static final int KEY_ID_OFFSET = 48;
  private static final int SALT_OFFSET = 56;
  private static final int PLACE_OFFSET = 88;
  private static final int RECORD_OFFSET = 128;

  /** Second part of the nonce, which no record of a segment has: a header stands there. */
  private static final int POSITION = 0;

  /** A dictionary is no page, but its header must say some size. */
  private static final int PAGE_SHIFT = 16;

  private final UUID storeId;
  private final SegmentKeys keys;

  DictionaryFormat(UUID storeId, SegmentKeys keys) {
    this.storeId = storeId;
    this.keys = keys;
  }

  /** Files by the number in their names; what no dictionary has for a number is none. */
  static SortedMap<Long, String> names(WholeFiles files, Pattern form) throws IOException {
    return files.names(form).headMap(MOST_NUMBER + 1);
  }

  static String name(int id) {
    return String.format("dictionary-%08d.psd", id);
  }

  ByteBuffer encode(SavedDictionary dictionary) throws IOException {
    Seal seal = keys.sealOfNew();
    ByteBuffer zpage = zpage(dictionary);
    int recordBytes = zpage.limit() + (seal == null ? 0 : RecordCipher.TAG_BYTES);
    int bytes = RECORD_OFFSET + recordBytes + Integer.BYTES;
    int fileBytes = (int) AlignedBuffers.ceil(bytes, AlignedBuffers.BLOCK_BYTES);
    ByteBuffer buffer = AlignedBuffers.allocate(fileBytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(0, SegmentFormat.MAGIC);
    buffer.putInt(KIND_OFFSET, KIND_DICTIONARY);
    buffer.putShort(READ_VERSION_OFFSET, SegmentFormat.READ_VERSION);
    buffer.putShort(WRITE_VERSION_OFFSET, SegmentFormat.WRITE_VERSION);
    buffer.putLong(STORE_ID_OFFSET, storeId.getMostSignificantBits());
    buffer.putLong(STORE_ID_OFFSET + Long.BYTES, storeId.getLeastSignificantBits());
    buffer.putInt(NUMBER_OFFSET, dictionary.id());
    buffer.putInt(POOL_OFFSET, dictionary.pool());
    buffer.putInt(LENGTH_OFFSET, recordBytes);
    if (seal == null) {
      buffer.put(RECORD_OFFSET, zpage, 0, zpage.limit());
    } else {
      long place = keys.newDictionaryPlace();
      buffer.putInt(CIPHER_OFFSET, SegmentFormat.CIPHER_AES_256_GCM);
      buffer.putLong(KEY_ID_OFFSET, seal.keyId());
      buffer.put(SALT_OFFSET, seal.salt());
      buffer.putLong(PLACE_OFFSET, place);
      keys.ofDictionary(seal, name(dictionary.id()))
          .seal(zpage, 0, zpage.limit(), buffer, RECORD_OFFSET, place, POSITION);
    }
    buffer.putInt(bytes - Integer.BYTES, SegmentFormat.crc(buffer, 0, bytes - Integer.BYTES));
    return buffer;
  }

  private static ByteBuffer zpage(SavedDictionary dictionary) {
    byte[] content = dictionary.content();
    ByteBuffer zpage =
        ByteBuffer.allocate(ZpageHeader.BYTES + content.length).order(ByteOrder.LITTLE_ENDIAN);
    ZpageHeader.write(
        zpage,
        0,
        dictionary.pool(),
        0,
        dictionary.id(),
        0,
        PageCodec.NONE_ID,
        0,
        PAGE_SHIFT,
        content.length);
    zpage.put(ZpageHeader.BYTES, content);
    ZpageHeader.seal(zpage, 0, new CRC32C());
    return zpage;
  }

  /** Whether a file is as it was written for this store; says nothing of its key. */
  boolean isWhole(ByteBuffer buffer, String name) throws IOException {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getLong(0) != SegmentFormat.MAGIC || buffer.getInt(KIND_OFFSET) != KIND_DICTIONARY) {
      return false;
    }
    long recordBytes = buffer.getInt(LENGTH_OFFSET) & 0xffff_ffffL;
    long end = RECORD_OFFSET + recordBytes;
    if (recordBytes < ZpageHeader.BYTES + RecordCipher.TAG_BYTES * (seal(buffer) == null ? 0 : 1)
        || end + Integer.BYTES > buffer.limit()
        || buffer.getInt((int) end) != SegmentFormat.crc(buffer, 0, (int) end)
        || buffer.getLong(STORE_ID_OFFSET) != storeId.getMostSignificantBits()
        || buffer.getLong(STORE_ID_OFFSET + Long.BYTES) != storeId.getLeastSignificantBits()
        || !name(buffer.getInt(NUMBER_OFFSET)).equals(name)) {
      return false;
    }
    Manifest.checkVersion(name, buffer.getShort(READ_VERSION_OFFSET) & 0xffff);
    return true;
  }

  /** With which key a whole file is sealed; null for none. */
  static Seal seal(ByteBuffer buffer) {
    if (buffer.getInt(CIPHER_OFFSET) == 0) {
      return null;
    }
    byte[] salt = new byte[RecordCipher.SALT_BYTES];
    buffer.get(SALT_OFFSET, salt);
    return new Seal(buffer.getLong(KEY_ID_OFFSET), salt);
  }

  /**
   * Null for a file that is not whole, not of this store, or not sealed for its name and pool.
   *
   * @throws IOException when the key is missing or the version is too new
   */
  SavedDictionary decode(ByteBuffer buffer, String name) throws IOException {
    if (!isWhole(buffer, name)) {
      return null;
    }
    int number = buffer.getInt(NUMBER_OFFSET);
    int pool = buffer.getInt(POOL_OFFSET);
    int recordBytes = buffer.getInt(LENGTH_OFFSET);
    ByteBuffer record =
        ByteBuffer.allocate(recordBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(0, buffer, RECORD_OFFSET, recordBytes);
    Seal seal = seal(buffer);
    if (seal != null) {
      // Or the checksum does not match.
      keys.ofDictionary(seal, name)
          .open(record, 0, recordBytes, buffer.getLong(PLACE_OFFSET), POSITION);
    }
    if (!ZpageHeader.verify(record, 0, recordBytes, new CRC32C())
        || !ZpageHeader.isFor(record, 0, pool, 0, number)) {
      return null;
    }
    byte[] content = new byte[ZpageHeader.storedBytes(record, 0)];
    record.get(ZpageHeader.BYTES, content);
    return new SavedDictionary(number, pool, content);
  }
}
