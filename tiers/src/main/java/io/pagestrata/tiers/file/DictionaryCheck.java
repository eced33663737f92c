// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.file.SegmentFormat.Seal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.BitSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Says what is wrong with the dictionaries of a store that is checked. For one thread. */
final class DictionaryCheck {
  private final WholeFiles files;
  private final DictionaryFormat format;
  private final SegmentKeys keys;
  private final CheckFindings findings;
  private final SortedMap<Long, String> names;
  private final SortedMap<Long, String> copies;
  private final BitSet whole = new BitSet();

  DictionaryCheck(SegmentFiles files, UUID storeId, SegmentKeys keys, CheckFindings findings)
      throws IOException {
    this.files = new WholeFiles(files);
    this.keys = keys;
    this.findings = findings;
    format = new DictionaryFormat(storeId, keys);
    names = DictionaryFormat.names(this.files, DictionaryFormat.NAME);
    copies = DictionaryFormat.names(this.files, DictionaryFiles.COPY);
  }

  /** Numbers of the dictionaries that are whole, under their names or as copies; once. */
  BitSet whole() throws IOException {
    for (Map.Entry<Long, String> file : names.entrySet()) {
      whole.set(file.getKey().intValue(), isWhole(file.getValue(), file.getValue()));
    }
    for (Map.Entry<Long, String> copy : copies.entrySet()) {
      int id = copy.getKey().intValue();
      String name = DictionaryFormat.name(id);
      if (whole.get(id)) {
        findings.note(copy.getValue(), -1, "was left as " + name + " was written again");
      } else if (isWhole(copy.getValue(), name)) {
        whole.set(id);
        findings.note(copy.getValue(), -1, "takes the place of " + name + " at the next start");
      }
    }
    return whole;
  }

  /**
   * Tells of dictionaries that are missing or damaged, after {@link #whole}.
   *
   * @param records how many records need each dictionary, of those that could be opened
   */
  void check(Map<Integer, Long> records) {
    new TreeMap<>(records)
        .forEach(
            (id, count) -> {
              if (!whole.get(id)) {
                findings.incurable(
                    DictionaryFormat.name(id),
                    0,
                    "is missing or damaged: " + count + " records made with it cannot be decoded",
                    "");
              }
            });
    names.forEach(
        (id, name) -> {
          if (!whole.get(id.intValue()) && !records.containsKey(id.intValue())) {
            findings.note(name, 0, "is not whole, and no record that was read needs it");
          }
        });
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
