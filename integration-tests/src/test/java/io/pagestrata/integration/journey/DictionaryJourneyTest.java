// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.config.Durability;
import io.pagestrata.config.EncryptionKeys;
import io.pagestrata.config.StoreFiles;
import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.core.check.Severity;
import io.pagestrata.core.dictionary.DictionaryStats;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RecordPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.codec.DictionaryRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pages that are compressed with a trained dictionary come back from wherever they went. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DictionaryJourneyTest {
  private static final int PAGE_BYTES = SmallStore.PAGE_BYTES;
  private static final int PAGES = 500;
  private static final int SAMPLES = 128;
  private static final long BREAK_NANOS = 2_000_000;
  private static final DictionaryRule RULE =
      new DictionaryRule(
          true, PAGE_BYTES, 16 << 10, 0.03, Duration.ofHours(1).toNanos(), SAMPLES * PAGE_BYTES, 1);

  @TempDir private Path directory;
  private final RecordPages records = new RecordPages(PAGE_BYTES, 1);

  private void put(PageStore store, Pool pool, int index) {
    assertThat(store.put(pool, 0, index, records.page(index), 0)).isEqualTo(PutOutcome.STORED);
  }

  /** Puts pages from an index on until a dictionary is in use; returns the index after the last. */
  private int putUntilTrained(PageStore store, Pool pool, int first) {
    int index = first;
    while (store.stats().dictionaries().inUse() == 0) {
      for (int end = index + SAMPLES; index < end; index++) {
        put(store, pool, index);
      }
      LockSupport.parkNanos(BREAK_NANOS);
    }
    return index;
  }

  private void assertPages(PageStore store, Pool pool, int first, int end) {
    for (int i = first; i < end; i++) {
      assertThat(PageBuffers.HEAP.get(store, pool, 0, i, PAGE_BYTES))
          .as("page %d", i)
          .isEqualTo(records.page(i));
    }
  }

  private static double payloadPerPage(StoreStats before, StoreStats after) {
    return (double) (after.payloadBytesPut() - before.payloadBytesPut())
        / (after.puts() - before.puts());
  }

  @Test
  void putsWithADictionaryAreDenserAndReadableInEveryTier() throws InterruptedException {
    try (SmallStore small =
        SmallStore.options()
            .ramBytes(128 << 20)
            .codec("zstd-1")
            .dictionaries(RULE)
            .open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      StoreStats start = store.stats();
      put(store, pool, 0);
      StoreStats first = store.stats();
      int next = putUntilTrained(store, pool, 1);
      StoreStats trained = store.stats();
      for (int end = next + PAGES; next < end; next++) {
        put(store, pool, next);
      }
      StoreStats after = store.stats();
      assertThat(payloadPerPage(trained, after)).isLessThan(0.9 * payloadPerPage(start, first));
      DictionaryStats dictionaries = after.dictionaries();
      assertThat(dictionaries.trained()).isEqualTo(1);
      assertThat(dictionaries.ratioGain()).isGreaterThan(1.1);
      assertPages(store, pool, 0, next);
      small.sink();
      assertThat(store.stats().tiers().get(1).zpages()).isPositive();
      assertPages(store, pool, 0, next);
      assertThat(small.check()).isEqualTo(next);
      store.destroyPool(pool);
      assertThat(store.stats().dictionaries().inUse()).isZero();
    }
  }

  @Test
  void zpagesGetADictionaryOnTheirWayDown() throws InterruptedException {
    try (SmallStore small =
        SmallStore.options()
            .ramBytes(128 << 20)
            .denseBytes(16 << 20)
            .recompress(1, "zstd-1")
            .dictionaries(RULE)
            .open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      int next = 0;
      while (store.stats().dictionaries().inUse() == 0) {
        for (int end = next + SAMPLES; next < end; next++) {
          put(store, pool, next);
        }
        small.sink();
        LockSupport.parkNanos(BREAK_NANOS);
      }
      for (int end = next + PAGES; next < end; next++) {
        put(store, pool, next);
      }
      small.sink();
      assertThat(store.stats().writeback().recompression().damaged()).isZero();
      assertPages(store, pool, 0, next);
      assertThat(small.check()).isEqualTo(next);
    }
  }

  private PageStore openDurable() {
    return builder().file(file -> file.directory(directory).maxSize("256MiB")).open();
  }

  private PageStore openEncrypted(Path key, Path... previous) {
    return builder()
        .file(
            file ->
                file.directory(directory)
                    .maxSize("256MiB")
                    .encryptionKeyFile(key)
                    .encryptionPreviousKeyFiles(List.of(previous)))
        .open();
  }

  private static PagestrataBuilder builder() {
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .ram(ram -> ram.maxSize("128MiB").codec("zstd-1").preTouch(false));
  }

  private List<Path> dictionaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".psd")).sorted().toList();
    }
  }

  @Test
  void aDictionarySurvivesWithThePagesThatNeedIt() throws IOException {
    int plain;
    int end;
    try (PageStore store = openDurable()) {
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      plain = putUntilTrained(store, pool, 0);
      for (end = plain; end < plain + PAGES; end++) {
        put(store, pool, end);
      }
      // On the medium before the first page that needs it.
      assertThat(dictionaryFiles()).hasSize(1);
      store.sync();
      assertPages(store, pool, 0, end);
    }
    try (PageStore store = openDurable()) {
      Pool pool = store.pool("swap").orElseThrow();
      assertThat(store.stats().dictionaries().alive()).isEqualTo(1);
      assertThat(store.stats().dictionaries().inUse()).isEqualTo(1);
      assertPages(store, pool, 0, end);
      put(store, pool, end);
      assertPages(store, pool, end, end + 1);
    }
    byte[] whole = Files.readAllBytes(dictionaryFiles().get(0));
    byte[] damaged = whole.clone();
    damaged[1000] ^= 1;
    Files.write(dictionaryFiles().get(0), damaged);
    checkTellsEachPage(end);
    try (PageStore store = openDurable()) {
      Pool pool = store.pool("swap").orElseThrow();
      assertPages(store, pool, 0, 1);
      int needsIt = end;
      assertThatThrownBy(() -> assertPages(store, pool, needsIt, needsIt + 1))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("page " + needsIt)
          .hasMessageContaining("dictionary 1 is missing or damaged");
      put(store, pool, end);
      assertPages(store, pool, end, end + 1);
    }
    Files.write(dictionaryFiles().get(0), whole);
    assertThat(check(false).findings()).isEmpty();
    try (PageStore store = openDurable()) {
      Pool pool = store.pool("swap").orElseThrow();
      assertPages(store, pool, 0, end + 1);
      store.destroyPool(pool);
    }
    try (PageStore store = openDurable()) {
      // Its number must not come back, so the last file stays; but a store without pools is empty.
      assertThat(dictionaryFiles()).hasSize(1);
      assertThat(store.stats().dictionaries().inUse()).isZero();
    }
  }

  /** A repair changes nothing: the file may be brought back. */
  private void checkTellsEachPage(int page) throws IOException {
    for (boolean repair : new boolean[] {false, true}) {
      Inspection found = check(repair);
      assertThat(found.findings())
          .filteredOn(it -> it.page().startsWith("page " + page + " of object 0"))
          .singleElement()
          .matches(it -> it.severity() == Severity.LOSS && it.remedy() == Remedy.NONE)
          .matches(it -> it.what().contains("dictionary") && it.offset() >= 4096);
      assertThat(found.findings())
          .noneMatch(it -> it.page().startsWith("page 0 of object 0"))
          .anyMatch(it -> it.file().endsWith(".psd") && it.page().isEmpty());
      assertThat(found.left()).isEqualTo(found.findings().size());
      assertThat(found.totals().lostPages()).isZero();
    }
  }

  private Inspection check(boolean repair) throws IOException {
    return StoreFiles.check(directory, List.of(), repair, repair, CheckProgress.NONE);
  }

  private boolean isOnDisk(byte[] text) throws IOException {
    String wanted = new String(text, StandardCharsets.ISO_8859_1);
    for (Path file : dictionaryFiles()) {
      if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(wanted)) {
        return true;
      }
    }
    return false;
  }

  private Inspection checkWith(Path... keys) throws IOException {
    return StoreFiles.check(directory, List.of(keys), false, false, CheckProgress.NONE);
  }

  /** Pages are sealed, so what was trained on them is: no piece of a page is in its file. */
  @Test
  void encryptionAndANewKeyReachDictionariesThatAreThere(@TempDir Path secret) throws IOException {
    Path first = secret.resolve("first");
    Path second = secret.resolve("second");
    EncryptionKeys.create(first);
    EncryptionKeys.create(second);
    int end;
    try (PageStore store = openDurable()) {
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      end = putUntilTrained(store, pool, 0);
      put(store, pool, end++);
    }
    byte[] clear = Files.readAllBytes(dictionaryFiles().get(0));
    byte[] piece = Arrays.copyOfRange(clear, 1000, 1032);
    assertThat(isOnDisk(piece)).isTrue();
    try (PageStore store = openEncrypted(first)) {
      assertThat(isOnDisk(piece)).isFalse();
      Pool pool = store.pool("swap").orElseThrow();
      assertPages(store, pool, 0, end);
      for (int i = 0; i < PAGES; i++) {
        put(store, pool, end++);
      }
    }
    byte[] sealed = Files.readAllBytes(dictionaryFiles().get(0));
    assertThatThrownBy(() -> openEncrypted(second)).hasMessageContaining("is encrypted with key ");
    assertThat(Files.readAllBytes(dictionaryFiles().get(0))).isEqualTo(sealed);
    try (PageStore store = openEncrypted(second, first)) {
      assertPages(store, store.pool("swap").orElseThrow(), 0, end);
      assertThat(store.stats().dictionaries().inUse()).isEqualTo(1);
    }
    assertThat(Files.readAllBytes(dictionaryFiles().get(0))).isNotEqualTo(sealed);
  }

  @Test
  void aDamagedSealedDictionaryIsFoundAndNotUsed(@TempDir Path secret) throws IOException {
    Path key = secret.resolve("key");
    EncryptionKeys.create(key);
    int end;
    try (PageStore store = openEncrypted(key)) {
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      end = putUntilTrained(store, pool, 0);
      // Written, and used by no page yet: as a crash between the two leaves it.
      assertThat(dictionaryFiles()).hasSize(1);
    }
    try (PageStore store = openEncrypted(key)) {
      assertThat(store.stats().dictionaries().inUse()).isEqualTo(1);
      put(store, store.pool("swap").orElseThrow(), end);
    }
    assertThat(checkWith(key).findings()).isEmpty();
    assertThat(checkWith().totals().unopenedSegments()).isPositive();
    assertThat(StoreFiles.inspect(directory, CheckProgress.NONE).totals().damagedRecords())
        .isZero();
    Path file = dictionaryFiles().get(0);
    byte[] damaged = Files.readAllBytes(file);
    damaged[1000] ^= 1;
    Files.write(file, damaged);
    assertThat(checkWith(key).findings())
        .anyMatch(it -> it.what().contains("records made with it cannot be decoded"));
    try (PageStore store = openEncrypted(key)) {
      Pool pool = store.pool("swap").orElseThrow();
      assertPages(store, pool, 0, 1);
      assertThatThrownBy(() -> assertPages(store, pool, end, end + 1))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("dictionary 1 is missing or damaged");
    }
  }
}
