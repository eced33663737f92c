// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.file.SegmentFormat.Seal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.UUID;

/** Says what is wrong with the dictionaries of a store that is checked. For one thread. */
final class DictionaryCheck {
  private final WholeFiles files;
  private final DictionaryFormat format;
  private final SegmentKeys keys;
  private final CheckFindings findings;

  DictionaryCheck(SegmentFiles files, UUID storeId, SegmentKeys keys, CheckFindings findings) {
    this.files = new WholeFiles(files);
    this.keys = keys;
    this.findings = findings;
    format = new DictionaryFormat(storeId, keys);
  }

  /**
   * Looks for dictionaries that are missing or damaged.
   *
   * @param records how many records need each dictionary, of those that could be opened
   */
  void check(Map<Integer, Long> records) throws IOException {
    SortedMap<Long, String> names = files.names(DictionaryFormat.NAME);
    SortedMap<Long, String> copies = files.names(DictionaryFiles.COPY);
    TreeSet<Long> all = new TreeSet<>(names.keySet());
    all.addAll(copies.keySet());
    records.keySet().forEach(id -> all.add((long) id));
    for (long number : all) {
      int id = (int) number;
      String name = DictionaryFormat.name(id);
      boolean whole = names.containsKey(number) && isWhole(name, name);
      String copy = copies.get(number);
      if (!whole && copy != null && isWhole(copy, name)) {
        findings.note(copy, -1, "takes the place of " + name + " at the next start");
      } else if (!whole && records.containsKey(id)) {
        findings.incurable(
            name,
            0,
            "is missing or damaged: " + records.get(id) + " records made with it cannot be decoded",
            "");
      } else if (!whole) {
        findings.note(name, 0, "is not whole, and no record that was read needs it");
      } else if (copy != null) {
        findings.note(copy, -1, "was left as " + name + " was written again; it goes at a start");
      }
    }
  }

  /** Of one whose key is missing the checksum has to do. */
  private boolean isWhole(String file, String name) throws IOException {
    ByteBuffer bytes;
    try {
      bytes = files.read(file);
    } catch (NoSuchFileException e) {
      // A store that runs meanwhile has deleted it: nothing needs it.
      return true;
    }
    if (bytes == null || !format.isWhole(bytes, name)) {
      return false;
    }
    Seal seal = DictionaryFormat.seal(bytes);
    if (seal == null || keys.has(seal)) {
      return format.decode(bytes, name) != null;
    }
    findings.note(
        file,
        -1,
        "is encrypted with key "
            + EncryptionKey.idText(seal.keyId())
            + ", which is not given: only its checksum was verified");
    return true;
  }
}
