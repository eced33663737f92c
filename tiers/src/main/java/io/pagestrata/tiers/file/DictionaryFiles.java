// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The dictionaries of a durable store, one file each beside its segments. {@code docs/format.md}
 * outranks this class.
 *
 * <pre>
 *   0 | u64 magic      8 | u32 kind      12 | u16 read version   14 | u16 write version
 *  16 | u128 store id 32 | u32 number    36 | u32 pool           40 | u32 bytes of the record
 *  44 | zeroes       128 | the record: a zpage whose payload is the content
 *  then u32 CRC32C of all before, zeroes up to a multiple of 4096
 * </pre>
 *
 * <p>Thread-safe. During recovery {@link #needs} gathers the dictionaries that records name; then
 * {@link #retain} deletes the others.
 */
final class DictionaryFiles implements DictionaryLog {
  static final int KIND_DICTIONARY = 3;

  private static final Logger LOG = LogManager.getLogger(DictionaryFiles.class);
  private static final Pattern NAME = Pattern.compile("dictionary-([0-9]{8})\\.psd");
  private static final int KIND_OFFSET = 8;
  private static final int READ_VERSION_OFFSET = 12;
  private static final int WRITE_VERSION_OFFSET = 14;
  private static final int STORE_ID_OFFSET = 16;
  private static final int NUMBER_OFFSET = 32;
  private static final int POOL_OFFSET = 36;
  private static final int LENGTH_OFFSET = 40;
  private static final int RECORD_OFFSET = 128;

  /** A dictionary is no page, but its header must say some size. */
  private static final int PAGE_SHIFT = 16;

  private final WholeFiles files;
  private final UUID storeId;
  private final BitSet needed = new BitSet();
  private int highestId;

  /** A dictionary whose file stays for its number alone; 0 for none. */
  private int numberOnly;

  DictionaryFiles(SegmentFiles files, UUID storeId) {
    this.files = new WholeFiles(files);
    this.storeId = storeId;
  }

  /** Deletes what a store before this one left. */
  void deleteAll() throws IOException {
    for (String name : files.names(NAME).values()) {
      files.delete(name);
    }
  }

  /** The dictionary that a zpage was made with; 0 for none. */
  static int idOf(ByteBuffer memory, int offset) {
    if (ZpageHeader.codec(memory, offset) != PageCodec.ZSTD_DICTIONARY_ID
        || ZpageHeader.storedBytes(memory, offset) < Short.BYTES) {
      return 0;
    }
    int payload = offset + ZpageHeader.BYTES;
    return memory.get(payload) & 0xff | (memory.get(payload + 1) & 0xff) << 8;
  }

  /** Says that a record was made with a dictionary; 0 for none. */
  synchronized void needs(int id) {
    if (id != 0) {
      needed.set(id);
    }
  }

  /**
   * Deletes dictionaries that no record of a pool that exists needs, after all were seen, but for
   * the newest of each such pool. The file with the highest number stays in any case, since its
   * number must not come back.
   */
  synchronized void retain(IntPredicate poolExists) throws IOException {
    SortedMap<Integer, SavedDictionary> all = read();
    highestId = all.isEmpty() ? 0 : all.lastKey();
    highestId = Math.max(highestId, needed.length() - 1);
    Map<Integer, Integer> newest = new HashMap<>();
    all.values().stream()
        .filter(Objects::nonNull)
        .forEach(it -> newest.merge(it.pool(), it.id(), Math::max));
    for (Map.Entry<Integer, SavedDictionary> entry : all.entrySet()) {
      int id = entry.getKey();
      SavedDictionary dictionary = entry.getValue();
      // One that is not whole, and that no record needs, is what a crash left of its making.
      boolean stays =
          dictionary == null
              ? needed.get(id)
              : poolExists.test(dictionary.pool())
                  && (needed.get(id) || newest.get(dictionary.pool()) == id);
      if (!stays) {
        delete(id);
      }
    }
  }

  /** Every file by its number; null for one that is not whole. */
  private SortedMap<Integer, SavedDictionary> read() throws IOException {
    SortedMap<Integer, SavedDictionary> all = new TreeMap<>();
    for (Map.Entry<Long, String> file : files.names(NAME).entrySet()) {
      ByteBuffer bytes = files.read(file.getValue());
      all.put(
          Math.toIntExact(file.getKey()), bytes == null ? null : decode(bytes, file.getValue()));
    }
    return all;
  }

  /** Numbers of the dictionaries whose files are whole. */
  BitSet whole() throws IOException {
    BitSet whole = new BitSet();
    read()
        .forEach(
            (id, dictionary) -> {
              if (dictionary != null) {
                whole.set(id);
              }
            });
    return whole;
  }

  /**
   * Looks for dictionaries that are missing or damaged.
   *
   * @param records how many records need each dictionary
   */
  void check(Map<Integer, Long> records, CheckFindings findings) throws IOException {
    SortedMap<Integer, SavedDictionary> all = read();
    records.forEach(
        (id, count) -> {
          if (all.get(id) == null) {
            findings.incurable(
                name(id),
                0,
                "is missing or damaged: " + count + " records made with it cannot be decoded",
                "");
          }
        });
    all.forEach(
        (id, dictionary) -> {
          if (dictionary == null && !records.containsKey(id)) {
            findings.note(name(id), 0, "is not whole, and no record that was read needs it");
          }
        });
  }

  private static String name(int id) {
    return String.format("dictionary-%08d.psd", id);
  }

  @Override
  public synchronized List<SavedDictionary> load() throws IOException {
    SortedMap<Integer, SavedDictionary> all = read();
    needed.stream()
        .filter(id -> all.get(id) == null)
        .forEach(
            id ->
                LOG.error(
                    "{} is missing or damaged: pages compressed with it cannot be read", name(id)));
    return all.values().stream().filter(it -> it != null && it.id() != numberOnly).toList();
  }

  @Override
  public synchronized int nextId() {
    return highestId + 1;
  }

  @Override
  public synchronized void save(SavedDictionary dictionary) throws IOException {
    highestId = Math.max(highestId, dictionary.id());
    files.write(name(dictionary.id()), encode(dictionary));
  }

  @Override
  public synchronized void delete(int id) throws IOException {
    if (id == highestId) {
      numberOnly = id;
    } else {
      files.delete(name(id));
    }
  }

  private ByteBuffer encode(SavedDictionary dictionary) {
    int recordBytes = ZpageHeader.BYTES + dictionary.content().length;
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
    writeRecord(buffer, dictionary);
    buffer.putInt(bytes - Integer.BYTES, crc(buffer, bytes - Integer.BYTES));
    return buffer;
  }

  private static void writeRecord(ByteBuffer buffer, SavedDictionary dictionary) {
    byte[] content = dictionary.content();
    ZpageHeader.write(
        buffer,
        RECORD_OFFSET,
        dictionary.pool(),
        0,
        dictionary.id(),
        0,
        PageCodec.NONE_ID,
        0,
        PAGE_SHIFT,
        content.length);
    buffer.put(RECORD_OFFSET + ZpageHeader.BYTES, content);
    ZpageHeader.seal(buffer, RECORD_OFFSET, new CRC32C());
  }

  /** Null for a file that is not whole, or not of this store. */
  private SavedDictionary decode(ByteBuffer buffer, String name) throws IOException {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getLong(0) != SegmentFormat.MAGIC || buffer.getInt(KIND_OFFSET) != KIND_DICTIONARY) {
      return null;
    }
    long end = RECORD_OFFSET + (buffer.getInt(LENGTH_OFFSET) & 0xffff_ffffL);
    if (end + Integer.BYTES > buffer.limit()
        || buffer.getInt((int) end) != crc(buffer, (int) end)
        || buffer.getLong(STORE_ID_OFFSET) != storeId.getMostSignificantBits()
        || buffer.getLong(STORE_ID_OFFSET + Long.BYTES) != storeId.getLeastSignificantBits()
        || !name(buffer.getInt(NUMBER_OFFSET)).equals(name)) {
      return null;
    }
    Manifest.checkVersion(name, buffer.getShort(READ_VERSION_OFFSET) & 0xffff);
    int recordBytes = (int) end - RECORD_OFFSET;
    if (!ZpageHeader.verify(buffer, RECORD_OFFSET, recordBytes, new CRC32C())) {
      return null;
    }
    byte[] content = new byte[ZpageHeader.storedBytes(buffer, RECORD_OFFSET)];
    buffer.get(RECORD_OFFSET + ZpageHeader.BYTES, content);
    return new SavedDictionary(buffer.getInt(NUMBER_OFFSET), buffer.getInt(POOL_OFFSET), content);
  }

  private static int crc(ByteBuffer buffer, int bytes) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(0, bytes));
    return (int) crc.getValue();
  }
}
