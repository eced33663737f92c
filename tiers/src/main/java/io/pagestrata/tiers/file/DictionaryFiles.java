// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.dictionary.SavedDictionary;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The dictionaries of a durable store, one file each beside its segments, sealed as they are.
 *
 * <p>Thread-safe. During recovery {@link #needs} gathers the dictionaries that records name; then
 * {@link #retain} deletes the others, and writes those again that need another key than new ones. A
 * copy under another name then takes the place of the file.
 */
final class DictionaryFiles implements DictionaryLog {
  private static final Logger LOG = LogManager.getLogger(DictionaryFiles.class);
  private static final Pattern NAME = DictionaryFormat.NAME;
  static final Pattern COPY = Pattern.compile("dictionary-([0-9]{8})\\.psd\\.copy");

  private final WholeFiles files;
  private final SegmentKeys keys;
  private final DictionaryFormat format;
  private final BitSet needed = new BitSet();

  /** Retired ones before and after the beginning of the sync under way. */
  private final BitSet retiredBeforeSync = new BitSet();

  private final BitSet retired = new BitSet();

  /** What the files of the dictionaries in use hold. */
  private final Map<Integer, SavedDictionary> inUse = new TreeMap<>();

  private int highestId;

  /** A dictionary whose file stays for its number alone; 0 for none. */
  private int numberOnly;

  DictionaryFiles(SegmentFiles files, UUID storeId, SegmentKeys keys) {
    this.files = new WholeFiles(files);
    this.keys = keys;
    format = new DictionaryFormat(storeId, keys);
  }

  /** Deletes what a store before this one left. */
  void deleteAll() throws IOException {
    for (String name : DictionaryFormat.names(files, NAME).values()) {
      files.delete(name);
    }
    for (String copy : DictionaryFormat.names(files, COPY).values()) {
      files.delete(copy);
    }
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
   *
   * <p>A record that needs one tells that it was forced. Of the others only the page cache may
   * know, after a force that failed, so they are written again before a page needs them.
   */
  synchronized void retain(IntPredicate poolExists) throws IOException {
    endRewriting();
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
      boolean isDoubtful = stays && !needed.get(id);
      if (dictionary != null && (isDoubtful || (stays || id == numberOnly) && !hasCurrentKey(id))) {
        writeAgain(dictionary);
      }
    }
  }

  private boolean hasCurrentKey(int id) throws IOException {
    String name = DictionaryFormat.name(id);
    ByteBuffer bytes = files.read(name);
    return bytes != null
        && format.isWhole(bytes, name)
        && keys.isCurrent(DictionaryFormat.seal(bytes));
  }

  private void writeAgain(SavedDictionary dictionary) throws IOException {
    String name = DictionaryFormat.name(dictionary.id());
    files.replace(name, copyOf(name), format.encode(dictionary));
  }

  /**
   * Finds out, before anything is changed, whether the key of every dictionary is there.
   *
   * @throws IOException when one is missing
   */
  synchronized void checkKeys() throws IOException {
    for (String name : DictionaryFormat.names(files, NAME).values()) {
      read(name, name);
    }
    for (Map.Entry<Long, String> copy : DictionaryFormat.names(files, COPY).entrySet()) {
      String name = DictionaryFormat.name(Math.toIntExact(copy.getKey()));
      if (!isThere(name)) {
        read(copy.getValue(), name);
      }
    }
  }

  /** Puts back what a crash took away while a dictionary was written again. */
  private void endRewriting() throws IOException {
    for (Map.Entry<Long, String> copy : DictionaryFormat.names(files, COPY).entrySet()) {
      String name = DictionaryFormat.name(Math.toIntExact(copy.getKey()));
      if (!isThere(name) && read(copy.getValue(), name) != null) {
        files.write(name, files.read(copy.getValue()));
      }
      files.delete(copy.getValue());
    }
  }

  private boolean isThere(String name) throws IOException {
    return DictionaryFormat.names(files, NAME).containsValue(name) && read(name, name) != null;
  }

  /** What a file holds that should have a name; null when it is not whole. */
  private SavedDictionary read(String file, String name) throws IOException {
    ByteBuffer bytes = files.read(file);
    return bytes == null ? null : format.decode(bytes, name);
  }

  static String copyOf(String name) {
    return name + ".copy";
  }

  /** Every file by its number; null for one that is not whole. */
  private SortedMap<Integer, SavedDictionary> read() throws IOException {
    SortedMap<Integer, SavedDictionary> all = new TreeMap<>();
    for (Map.Entry<Long, String> file : DictionaryFormat.names(files, NAME).entrySet()) {
      all.put(Math.toIntExact(file.getKey()), read(file.getValue(), file.getValue()));
    }
    return all;
  }

  @Override
  public synchronized List<SavedDictionary> load() throws IOException {
    SortedMap<Integer, SavedDictionary> all = read();
    needed.stream()
        .filter(id -> all.get(id) == null)
        .forEach(
            id ->
                LOG.error(
                    "{} is missing or damaged: pages compressed with it cannot be read",
                    DictionaryFormat.name(id)));
    inUse.clear();
    all.values().stream()
        .filter(it -> it != null && it.id() != numberOnly)
        .forEach(it -> inUse.put(it.id(), it));
    return List.copyOf(inUse.values());
  }

  @Override
  public synchronized int nextId() {
    return highestId + 1;
  }

  @Override
  public synchronized void save(SavedDictionary dictionary) throws IOException {
    highestId = Math.max(highestId, dictionary.id());
    files.write(DictionaryFormat.name(dictionary.id()), format.encode(dictionary));
    inUse.put(dictionary.id(), dictionary);
  }

  /** Reads the files of all dictionaries in use, and writes those again that are damaged. */
  synchronized void scrub(FileCounters counters) throws IOException {
    for (SavedDictionary dictionary : inUse.values()) {
      String name = DictionaryFormat.name(dictionary.id());
      if (!isReadable(name)) {
        counters.errors.increment();
        LOG.error("{} is damaged; it is written again", name);
        writeAgain(dictionary);
      }
    }
  }

  private boolean isReadable(String name) {
    try {
      return read(name, name) != null;
    } catch (IOException e) {
      LOG.error("{} cannot be read: {}", name, e.toString());
      return false;
    }
  }

  @Override
  public synchronized void delete(int id) throws IOException {
    inUse.remove(id);
    if (id == highestId) {
      numberOnly = id;
    } else {
      files.delete(DictionaryFormat.name(id));
    }
  }

  @Override
  public synchronized void retire(int id) {
    retired.set(id);
  }

  synchronized void beginSync() {
    retiredBeforeSync.or(retired);
    retired.clear();
  }

  synchronized void endSync() {
    for (int id = retiredBeforeSync.nextSetBit(0); id > 0; id = retiredBeforeSync.nextSetBit(0)) {
      retiredBeforeSync.clear(id);
      try {
        delete(id);
      } catch (IOException e) {
        // Harmless: no record needs it, so the next opening deletes it.
        LOG.warn("the file of dictionary {} stays for now: {}", id, e.getMessage());
      }
    }
  }
}
