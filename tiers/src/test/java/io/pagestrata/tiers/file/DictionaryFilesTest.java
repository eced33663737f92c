// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Dictionaries are on the medium when they are saved, and go when no record needs them. */
class DictionaryFilesTest {
  private static final UUID STORE = new UUID(0x0102030405060708L, 0x1112131415161718L);

  /** Where the checksum of a file with 5000 bytes of content is. */
  private static final int END = 128 + 32 + 5000;

  private final MemoryFiles memory = new MemoryFiles();
  private final FaultyFiles faults = new FaultyFiles(memory);
  private DictionaryFiles files = new DictionaryFiles(faults, STORE, keys(FileEncryption.none()));

  private static SegmentKeys keys(FileEncryption encryption) {
    return new SegmentKeys(encryption, 4096);
  }

  private void reopen(FileEncryption encryption) throws IOException {
    files = new DictionaryFiles(faults, STORE, keys(encryption));
    files.needs(1);
    files.retain(pool -> true);
  }

  private static int crcOf(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, END));
    return (int) crc.getValue();
  }

  private static byte[] content(int id, int bytes) {
    byte[] content = new byte[bytes];
    new Random(id).nextBytes(content);
    return content;
  }

  private void save(int id, int pool) throws IOException {
    files.save(new SavedDictionary(id, pool, content(id, 5000)));
  }

  @Test
  void oneThatRotsWhileItIsInUseIsWrittenAgain() throws IOException {
    save(1, 7);
    FileCounters counters = new FileCounters();
    files.scrub(counters);
    assertThat(counters.errors.sum()).isZero();
    memory.flipBit("dictionary-00000001.psd", 1000);
    for (int i = 0; i < 2; i++) {
      files.scrub(counters);
      assertThat(counters.errors.sum()).isOne();
      assertThat(memory.list()).containsExactly("dictionary-00000001.psd");
    }
    reopen(FileEncryption.none());
    assertThat(files.load()).singleElement().extracting(SavedDictionary::pool).isEqualTo(7);
  }

  private ByteBuffer bytesOf(int id) throws IOException {
    return new WholeFiles(memory).read(String.format("dictionary-%08d.psd", id));
  }

  private void replace(int id, ByteBuffer bytes) throws IOException {
    new WholeFiles(memory).write(String.format("dictionary-%08d.psd", id), bytes.clear());
  }

  private List<Integer> loaded() throws IOException {
    return files.load().stream().map(SavedDictionary::id).toList();
  }

  /** As at an opening: all records were seen. */
  private void reopen(List<Integer> pools, int... needed) throws IOException {
    files = new DictionaryFiles(faults, STORE, keys(FileEncryption.none()));
    Arrays.stream(needed).forEach(files::needs);
    files.retain(pools::contains);
  }

  @Test
  void aFileIsAsSpecified() throws IOException {
    byte[] content = content(7, 5000);
    files.save(new SavedDictionary(7, 3, content));
    ByteBuffer bytes = bytesOf(7).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.limit()).isEqualTo(8192);
    assertThat(bytes.getLong(0)).isEqualTo(SegmentFormat.MAGIC);
    assertThat(bytes.getInt(8)).isEqualTo(3);
    assertThat(bytes.getShort(12)).isEqualTo((short) 3);
    assertThat(bytes.getShort(14)).isEqualTo((short) 3);
    assertThat(bytes.getLong(16)).isEqualTo(STORE.getMostSignificantBits());
    assertThat(bytes.getLong(24)).isEqualTo(STORE.getLeastSignificantBits());
    assertThat(bytes.getInt(32)).isEqualTo(7);
    assertThat(bytes.getInt(36)).isEqualTo(3);
    assertThat(bytes.getInt(40)).isEqualTo(5032);
    assertThat(ZpageHeader.verify(bytes, 128, 5032, new CRC32C())).isTrue();
    assertThat(ZpageHeader.isFor(bytes, 128, 3, 0, 7)).isTrue();
    byte[] found = new byte[5000];
    bytes.get(160, found);
    assertThat(found).isEqualTo(content);
    assertThat(bytes.getInt(END)).isEqualTo(crcOf(bytes));
    SavedDictionary read = files.load().get(0);
    assertThat(read.id()).isEqualTo(7);
    assertThat(read.pool()).isEqualTo(3);
    assertThat(read.content()).isEqualTo(content);
  }

  @Test
  void theNewestOfEachPoolAndWhatRecordsNeedStays() throws IOException {
    save(1, 1);
    save(2, 1);
    save(3, 1);
    save(4, 2);
    save(5, 9);
    save(6, 9);
    reopen(List.of(1, 2), 1);
    // Pool 9 is gone, but its newest number is the highest of all: only the file stays.
    assertThat(loaded()).containsExactly(1, 3, 4);
    assertThat(bytesOf(6)).isNotNull();
    assertThat(files.nextId()).isEqualTo(7);
    save(7, 1);
    reopen(List.of(1, 2));
    assertThat(loaded()).containsExactly(4, 7);
    // Records of a pool that is gone do not count.
    reopen(List.of(1), 4);
    assertThat(loaded()).containsExactly(7);
  }

  @Test
  void numbersDoNotComeBack() throws IOException {
    assertThat(files.nextId()).isEqualTo(1);
    save(1, 1);
    save(2, 1);
    files.delete(2);
    files.delete(1);
    assertThat(loaded()).isEmpty();
    assertThat(bytesOf(2)).isNotNull();
    reopen(List.of());
    assertThat(files.nextId()).isEqualTo(3);
    // Of a lost file at least the records know the number.
    reopen(List.of(), 12);
    assertThat(files.nextId()).isEqualTo(13);
  }

  @Test
  void aDamagedOneIsPassedOverAndKept() throws IOException {
    save(1, 1);
    save(2, 1);
    for (int offset : new int[] {0, 8, 20, 33, 41, 130, 300, END + 2}) {
      ByteBuffer whole = bytesOf(1);
      ByteBuffer damaged = AlignedBuffers.allocate(whole.limit()).put(whole.duplicate()).clear();
      damaged.put(offset, (byte) (damaged.get(offset) ^ 1));
      replace(1, damaged);
      reopen(List.of(1), 1);
      assertThat(loaded()).as("damage at %d", offset).containsExactly(2);
      replace(1, whole);
    }
    reopen(List.of(1), 1);
    assertThat(loaded()).containsExactly(1, 2);
  }

  @Test
  void whatACrashLeftOfTheMakingGoes() throws IOException {
    save(1, 1);
    save(2, 1);
    save(3, 1);
    for (int id : new int[] {2, 3}) {
      replace(id, AlignedBuffers.allocate(4096));
    }
    reopen(List.of(1));
    assertThat(loaded()).containsExactly(1);
    assertThat(memory.list())
        .containsExactlyInAnyOrder("dictionary-00000001.psd", "dictionary-00000003.psd");
    assertThat(files.nextId()).isEqualTo(4);
  }

  @Test
  void oneOfAnotherStoreOrUnderAnotherNameIsNotTaken() throws IOException {
    save(1, 1);
    replace(2, bytesOf(1));
    assertThat(loaded()).containsExactly(1);
    files = new DictionaryFiles(faults, new UUID(1, 2), keys(FileEncryption.none()));
    assertThat(loaded()).isEmpty();
  }

  @Test
  void aNewerVersionIsRefused() throws IOException {
    save(1, 1);
    ByteBuffer bytes = bytesOf(1).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(12, (short) 99);
    bytes.putInt(END, crcOf(bytes));
    replace(1, bytes);
    assertThatThrownBy(files::load).isInstanceOf(IOException.class).hasMessageContaining("99");
  }

  @Test
  void aSaveThatFailsSaysSoAndItsNumberIsUsed() throws IOException {
    for (Operation operation :
        new Operation[] {
          Operation.CREATE, Operation.WRITE, Operation.FORCE, Operation.FORCE_DIRECTORY
        }) {
      faults.fail(operation, 0, 1, FaultyFiles.BROKEN);
      int id = files.nextId();
      assertThatThrownBy(() -> save(id, 1)).isInstanceOf(IOException.class);
      assertThat(files.nextId()).isEqualTo(id + 1);
      faults.heal();
    }
    save(files.nextId(), 1);
    assertThat(loaded()).contains(files.nextId() - 1);
  }

  @Test
  void aNewStoreBeginsWithout() throws IOException {
    save(1, 1);
    files.deleteAll();
    assertThat(loaded()).isEmpty();
  }

  private boolean isReadable(int id, int length) throws IOException {
    String bytes = new String(array(bytesOf(id)), StandardCharsets.ISO_8859_1);
    byte[] piece = Arrays.copyOf(content(id, length), 16);
    return bytes.contains(new String(piece, StandardCharsets.ISO_8859_1));
  }

  private static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.limit()];
    bytes.get(0, array);
    return array;
  }

  @Test
  void aKeySealsThem() throws IOException {
    EncryptionKey key = EncryptionKey.random();
    reopen(FileEncryption.with(key));
    for (int id = 1; id <= 3; id++) {
      int length = id == 2 ? DictionaryFormat.MOST_CONTENT_BYTES : 5000;
      files.save(new SavedDictionary(id, 1, content(id, length)));
      assertThat(isReadable(id, length)).isFalse();
    }
    reopen(FileEncryption.with(key));
    assertThat(files.load().get(0).content()).isEqualTo(content(1, 5000));
    assertThatThrownBy(() -> reopen(FileEncryption.none()))
        .hasMessageContaining("dictionary-00000001.psd is encrypted with " + key);
  }

  @Test
  void oneThatWasSealedAndIsChangedIsNotTaken() throws IOException {
    assertNotTakenWhen(
        bytes -> {
          bytes.put(300, (byte) (bytes.get(300) ^ 1));
          ZpageHeader.seal(bytes, 128, 16, new CRC32C());
        });
  }

  /** Changes a sealed file and what tells of damage to it, but for the tag. */
  private void assertNotTakenWhen(Consumer<ByteBuffer> change) throws IOException {
    EncryptionKey key = EncryptionKey.random();
    reopen(FileEncryption.with(key));
    save(1, 1);
    ByteBuffer bytes = bytesOf(1).order(ByteOrder.LITTLE_ENDIAN);
    change.accept(bytes);
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, END + 16));
    bytes.putInt(END + 16, (int) crc.getValue());
    replace(1, bytes);
    reopen(FileEncryption.with(key));
    assertThat(files.load()).isEmpty();
  }

  /** Whatever fails on the way, the dictionary is there, with one of the two keys. */
  @Test
  void aNewKeyComesAtTheNextOpening() throws IOException {
    EncryptionKey first = EncryptionKey.random();
    EncryptionKey second = EncryptionKey.random();
    FileEncryption both = new FileEncryption(Optional.of(second), List.of(first));
    save(1, 1);
    reopen(FileEncryption.with(first));
    assertThat(isReadable(1, 5000)).isFalse();
    reopen(both);
    reopen(FileEncryption.with(second));
    assertThat(files.load().get(0).content()).isEqualTo(content(1, 5000));
    assertThat(memory.list()).containsExactly("dictionary-00000001.psd");
    ByteBuffer whole = bytesOf(1);
    new WholeFiles(memory).write("dictionary-00000001.psd.copy", whole.duplicate());
    for (ByteBuffer left : new ByteBuffer[] {null, AlignedBuffers.allocate(4096)}) {
      new WholeFiles(memory).write("dictionary-00000001.psd.copy", whole.duplicate());
      memory.delete("dictionary-00000001.psd");
      if (left != null) {
        replace(1, left);
      }
      reopen(FileEncryption.with(second));
      assertThat(files.load().get(0).content()).isEqualTo(content(1, 5000));
      assertThat(memory.list()).containsExactly("dictionary-00000001.psd");
    }
  }

  @Test
  void aMissingKeyIsFoundBeforeAnythingIsChanged() throws IOException {
    EncryptionKey key = EncryptionKey.random();
    reopen(FileEncryption.with(key));
    save(1, 1);
    ByteBuffer whole = bytesOf(1);
    FileEncryption other = FileEncryption.with(EncryptionKey.random());
    assertThatThrownBy(() -> new DictionaryFiles(memory, STORE, keys(other)).checkKeys())
        .hasMessageContaining("dictionary-00000001.psd is encrypted with " + key);
    // A copy counts where it is all there is.
    new WholeFiles(memory).write("dictionary-00000001.psd.copy", whole.duplicate());
    replace(1, AlignedBuffers.allocate(4096));
    assertThatThrownBy(() -> new DictionaryFiles(memory, STORE, keys(other)).checkKeys())
        .hasMessageContaining("is encrypted with " + key);
    assertThat(memory.list()).hasSize(2);
    new DictionaryFiles(memory, STORE, keys(FileEncryption.with(key))).checkKeys();
  }

  /** The store must open with the new key alone, so the file kept for its number has it too. */
  @Test
  void oneThatStaysForItsNumberGetsTheNewKeyAsWell() throws IOException {
    EncryptionKey first = EncryptionKey.random();
    EncryptionKey second = EncryptionKey.random();
    reopen(FileEncryption.with(first));
    save(1, 1);
    files =
        new DictionaryFiles(
            faults, STORE, keys(new FileEncryption(Optional.of(second), List.of(first))));
    files.retain(pool -> false);
    assertThat(files.load()).isEmpty();
    files = new DictionaryFiles(faults, STORE, keys(FileEncryption.with(second)));
    files.checkKeys();
    files.retain(pool -> false);
    assertThat(files.nextId()).isEqualTo(2);
  }

  /** Of two files with one key each has a nonce of its own, also when a save failed between. */
  @Test
  void noNonceIsUsedTwice() throws IOException {
    reopen(FileEncryption.with(EncryptionKey.random()));
    Set<Long> places = new HashSet<>();
    for (int id = 1; id <= 3; id++) {
      faults.fail(Operation.FORCE, 0, 1, FaultyFiles.BROKEN);
      int failing = id;
      assertThatThrownBy(() -> save(failing, 1)).isInstanceOf(IOException.class);
      places.add(bytesOf(id).order(ByteOrder.LITTLE_ENDIAN).getLong(88));
      faults.heal();
      save(id, 1);
      places.add(bytesOf(id).order(ByteOrder.LITTLE_ENDIAN).getLong(88));
    }
    assertThat(places).hasSize(6);
  }

  /** What was sealed for one pool is not taken for another, whatever the plain fields say. */
  @Test
  void thePoolAndTheNumberAreThoseThatWereSealed() throws IOException {
    assertNotTakenWhen(bytes -> bytes.putInt(36, 2));
  }

  /** Until then a crash may bring back records that need it. */
  @Test
  void oneThatIsRetiredGoesWhenASyncThatBeganLaterHasEnded() throws IOException {
    save(1, 1);
    save(2, 1);
    files.beginSync();
    files.retire(1);
    files.endSync();
    assertThat(loaded()).containsExactly(1, 2);
    files.beginSync();
    faults.fail(Operation.DELETE, 0, 1, FaultyFiles.BROKEN);
    files.endSync();
    faults.heal();
    assertThat(loaded()).as("the medium refused").containsExactly(1, 2);
    files.retire(1);
    files.beginSync();
    files.endSync();
    assertThat(loaded()).containsExactly(2);
  }
}
