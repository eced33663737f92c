// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Severity;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.tiers.crypt.EncryptionKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A check says which dictionaries pages lack, and what a start would put right by itself. */
class DictionaryCheckTest {
  private static final UUID STORE = new UUID(1, 2);
  private static final String NAME = "dictionary-00000001.psd";
  private static final String COPY = NAME + ".copy";

  private final MemoryFiles files = new MemoryFiles();
  private final EncryptionKey key = EncryptionKey.random();

  @BeforeEach
  void save() throws IOException {
    SegmentKeys keys = new SegmentKeys(FileEncryption.with(key), 4096);
    new DictionaryFiles(files, STORE, keys).save(new SavedDictionary(1, 1, new byte[5000]));
  }

  private List<Finding> check(FileEncryption encryption, Map<Integer, Long> records)
      throws IOException {
    CheckFindings findings = new CheckFindings();
    DictionaryCheck check =
        new DictionaryCheck(files, STORE, new SegmentKeys(encryption, 4096), findings);
    check.whole();
    check.check(records);
    return findings.list();
  }

  private void copy(String from, String to) throws IOException {
    WholeFiles whole = new WholeFiles(files);
    whole.write(to, whole.read(from));
  }

  @Test
  void oneThatIsWholeIsNotMentioned() throws IOException {
    assertThat(check(FileEncryption.with(key), Map.of(1, 7L))).isEmpty();
  }

  @Test
  void ofOneWhoseKeyIsMissingTheChecksumIsVerified() throws IOException {
    List<Finding> found = check(FileEncryption.none(), Map.of());
    assertThat(found).hasSize(1);
    assertThat(found.get(0).severity()).isEqualTo(Severity.NOTE);
    assertThat(found.get(0).what()).contains(key.toString(), "only its checksum");
    files.flipBit(NAME, 300);
    assertThat(check(FileEncryption.none(), Map.of()).get(0).what()).startsWith("is not whole");
  }

  @Test
  void oneThatRecordsNeedAndThatIsDamagedOrMissingIsIncurable() throws IOException {
    files.flipBit(NAME, 300);
    List<Finding> found = check(FileEncryption.with(key), Map.of(1, 7L, 2, 1L));
    assertThat(found).extracting(Finding::file).containsExactly(NAME, "dictionary-00000002.psd");
    assertThat(found).extracting(Finding::severity).containsOnly(Severity.DAMAGE);
    assertThat(found.get(0).what()).contains("7 records");
  }

  @Test
  void aCopyOfARewriteThatWasCutOffStandsIn() throws IOException {
    copy(NAME, COPY);
    assertThat(check(FileEncryption.with(key), Map.of(1, 7L)).get(0).what())
        .startsWith("was left as " + NAME);
    files.flipBit(NAME, 300);
    List<Finding> found = check(FileEncryption.with(key), Map.of(1, 7L));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).severity()).isEqualTo(Severity.NOTE);
    assertThat(found.get(0).what()).startsWith("takes the place of " + NAME);
    files.flipBit(COPY, 300);
    assertThat(check(FileEncryption.with(key), Map.of(1, 7L)).get(0).severity())
        .isEqualTo(Severity.DAMAGE);
  }
}
