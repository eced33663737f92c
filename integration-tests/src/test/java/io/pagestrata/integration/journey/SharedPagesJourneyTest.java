// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.config.EncryptionKeys;
import io.pagestrata.config.StoreFiles;
import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.Deduplication;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Severity;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.tiers.file.CheckedFiles;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.SegmentFiles;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identical pages of a store as a user makes it: in a chain, by tenant, and across restarts. */
class SharedPagesJourneyTest {
  private static final int COPIES = 100;
  private static final int CONTENTS = 8;

  @TempDir private Path directory;
  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);
  private IndexMode index = IndexMode.AUTO;

  /** Null when nothing is encrypted. */
  private Path key;

  private PageStore open(Durability durability, Deduplication scope) {
    return Pagestrata.builder()
        .durability(durability)
        .policies(policies -> policies.deduplication(scope))
        .ram(ram -> ram.maxSize("8MiB").preTouch(false))
        .file(
            file -> {
              file.directory(directory).maxSize("64MiB").segmentSize(1 << 20).index(index);
              if (key != null) {
                file.encryptionKeyFile(key);
              }
            })
        .tenant(tenant -> tenant.name("a"))
        .tenant(tenant -> tenant.name("b"))
        .open();
  }

  private void putAll(PageStore store, Pool pool) {
    for (int i = 0; i < COPIES * CONTENTS; i++) {
      VersionedPages.write(page, 0, 1 + i % CONTENTS);
      assertThat(store.put(pool, 1, i, page).isStored()).isTrue();
    }
  }

  private void assertAll(PageStore store, Pool pool) {
    for (int i = 0; i < COPIES * CONTENTS; i++) {
      assertThat(store.get(pool, 1, i, page)).as("page %d", i).isTrue();
      assertThat(VersionedPages.read(page, 0)).isEqualTo(1 + i % CONTENTS);
    }
  }

  private static DeduplicationStats stats(PageStore store) {
    return store.stats().policies().deduplication();
  }

  @Test
  void writebackByTenantMovesWhatItsPagesShare() throws InterruptedException {
    try (PageStore store = open(Durability.VOLATILE, Deduplication.TENANT)) {
      Pool a = store.createPool(PoolSpec.of("a", PoolKind.PERSISTENT).ownedBy("a"));
      Pool b = store.createPool(PoolSpec.of("b", PoolKind.PERSISTENT).ownedBy("b"));
      putAll(store, a);
      putAll(store, b);
      assertThat(stats(store).contents()).isEqualTo(2 * CONTENTS);
      long moved =
          store.writeBack(new WritebackRequest(0, Long.MAX_VALUE, Duration.ZERO).ofTenant("a"));
      assertThat(moved).isEqualTo(CONTENTS);
      assertThat(store.stats().policies().tenant("a").ramBytes()).isZero();
      assertThat(store.stats().policies().tenant("b").ramBytes()).isPositive();
      assertAll(store, a);
      assertThat(store.prefetch(a, 1, 0, COPIES * CONTENTS)).isEqualTo(COPIES * CONTENTS);
      store.destroyPool(a);
      assertAll(store, b);
      store.destroyPool(b);
      assertThat(store.stats().tiers().get(0).zpages()).isZero();
      assertThat(store.stats().tiers().get(1).zpages()).isZero();
    }
  }

  @Test
  void whatOnlyTheSyncOfACloseWritesOpensAgain() {
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      putAll(store, store.createPool("a", PoolKind.PERSISTENT));
    }
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      assertAll(store, store.pool("a").orElseThrow());
    }
  }

  @Test
  void whatIsSharedIsFoundAgainAlsoWhenNothingIsSharedAnyMore() {
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      putAll(store, store.createPool("a", PoolKind.PERSISTENT));
      store.sync();
      long records = store.stats().tiers().get(1).zpages();
      assertThat(records).isEqualTo(CONTENTS + COPIES * CONTENTS);
      assertThat(store.stats().tiers().get(1).zpageBytes())
          .as("a record of a page that shares is small")
          .isLessThan(CONTENTS * 4096L + COPIES * CONTENTS * 64L);
      store.sync();
      assertThat(store.stats().tiers().get(1).storedZpages()).isEqualTo(records);
    }
    for (Deduplication scope : List.of(Deduplication.OFF, Deduplication.STORE)) {
      try (PageStore store = open(Durability.DURABLE, scope)) {
        Pool pool = store.pool("a").orElseThrow();
        assertThat(store.pools()).containsExactly(pool);
        assertThat(store.stats().pages()).isEqualTo(COPIES * CONTENTS);
        assertThat(stats(store).sharedPages()).isEqualTo(COPIES * CONTENTS);
        assertThat(stats(store).contents()).isEqualTo(CONTENTS);
        assertThat(stats(store).savedBytes()).isPositive();
        assertAll(store, pool);
      }
    }
    try (PageStore store = open(Durability.DURABLE, Deduplication.OFF)) {
      Pool pool = store.pool("a").orElseThrow();
      for (int i = 0; i < COPIES * CONTENTS; i++) {
        if (i % CONTENTS > 0) {
          store.flush(pool, 1, i);
        }
      }
      assertThat(stats(store).contents()).isEqualTo(1);
      assertThat(store.take(pool, 1, 0, page)).isTrue();
      assertThat(VersionedPages.read(page, 0)).isEqualTo(1);
    }
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      assertThat(store.stats().pages()).isEqualTo(COPIES - 1);
      assertThat(stats(store).contents()).isEqualTo(1);
      store.destroyPool(store.pool("a").orElseThrow());
      assertThat(stats(store).contents()).isZero();
      assertThat(store.stats().tiers().get(1).zpages()).isZero();
    }
  }

  /** The first record on the medium is a content, since contents are written first. */
  @Test
  void aContentThatIsDamagedOnTheMediumIsToldOfEachPage() throws IOException {
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      putAll(store, store.createPool("a", PoolKind.PERSISTENT));
    }
    for (int damagedByte : new int[] {50, 9}) {
      Path segment = file(".pss");
      byte[] bytes = Files.readAllBytes(segment);
      bytes[4096 + damagedByte] ^= 4;
      Files.write(segment, bytes);
      try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
        Pool pool = store.pool("a").orElseThrow();
        int corrupt = 0;
        for (int i = 0; i < COPIES * CONTENTS; i++) {
          int index = i;
          try {
            assertThat(store.get(pool, 1, i, page)).isTrue();
            assertThat(VersionedPages.read(page, 0)).isEqualTo(1 + i % CONTENTS);
          } catch (CorruptPageException e) {
            assertThat(e).hasMessageContaining("page " + index + " of object 1");
            corrupt++;
          }
        }
        assertThat(corrupt).as("with byte %d damaged", damagedByte).isEqualTo(COPIES);
      }
    }
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      Pool pool = store.pool("a").orElseThrow();
      putAll(store, pool);
      assertAll(store, pool);
      assertThatThrownBy(() -> store.createPool("a", PoolKind.PERSISTENT))
          .isInstanceOf(IllegalArgumentException.class);
    }
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      assertAll(store, store.pool("a").orElseThrow());
    }
  }

  /** The first record is a content; damaged, or gone from the footer, it is not there. */
  @Test
  void aCheckFindsEachPageWhoseContentIsNotThereAndARepairMarksIt() throws IOException {
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      putAll(store, store.createPool("a", PoolKind.PERSISTENT));
    }
    Path segment = file(".pss");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[4096 + 50] ^= 4;
    Files.write(segment, bytes);
    Inspection found = check(false);
    List<Finding> pages =
        found.findings().stream().filter(it -> it.page().contains("of object 1")).toList();
    assertThat(pages).hasSize(COPIES).allMatch(it -> it.severity() == Severity.LOSS);
    assertThat(pages)
        .allMatch(
            it -> it.what().equals("the content that the page shares is damaged or not there"))
        .allMatch(it -> it.file().startsWith("segment-") && it.offset() > 4096);
    assertThat(found.totals().lostPages()).isEqualTo(COPIES);
    assertThat(found.totals().pages()).isEqualTo(COPIES * (CONTENTS - 1));
    // In parts, since not all records fit, the same is found.
    SegmentFiles files = SegmentFiles.inDirectory(directory, false);
    assertThat(CheckedFiles.check(files, FileEncryption.none(), false, 30).findings())
        .containsExactlyInAnyOrderElementsOf(found.findings());

    assertThat(check(true).left()).isZero();
    Inspection after = check(false);
    assertThat(after.findings()).isEmpty();
    assertThat(after.totals().lostPages()).isEqualTo(COPIES);
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      Pool pool = store.pool("a").orElseThrow();
      for (int i = 0; i < COPIES * CONTENTS; i++) {
        int index = i;
        if (i % CONTENTS == 0) {
          assertThatThrownBy(() -> store.get(pool, 1, index, page))
              .isInstanceOf(CorruptPageException.class);
        } else {
          assertThat(store.get(pool, 1, i, page)).isTrue();
          assertThat(VersionedPages.read(page, 0)).isEqualTo(1 + i % CONTENTS);
        }
      }
      putAll(store, pool);
      assertAll(store, pool);
    }
    assertThat(check(false).totals().lostPages()).isZero();
  }

  @Test
  void aCheckKnowsWhatIsSharedAndFindsItAgainWithoutAManifest() throws IOException {
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      putAll(store, store.createPool("a", PoolKind.PERSISTENT));
    }
    Inspection closed = check(false);
    assertThat(closed.findings()).isEmpty();
    assertThat(closed.totals().pages()).isEqualTo(COPIES * CONTENTS);
    assertThat(closed.segments().get(0).codecs()).containsKey("content");
    Files.delete(file(".psm"));
    assertThat(check(true).left()).isZero();
    assertThat(check(false).findings()).isEmpty();
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      assertThat(store.pools()).hasSize(1);
      assertAll(store, store.pools().get(0));
      assertThat(stats(store).contents()).isEqualTo(CONTENTS);
    }
  }

  /** The list is in two parts, and one pair of a content and its page lies in both. */
  @Test
  void theLocationIndexKnowsWhatIsShared() {
    index = IndexMode.ON;
    for (int starts = 0; starts < 3; starts++) {
      assertThat(openShared(starts == 0).segmentsFromIndex()).isEqualTo(Math.min(1, starts));
    }
  }

  /** That pages are equal is as secret as what they hold. */
  @Test
  void theLocationIndexOfAnEncryptedStoreIsNotTold() throws IOException {
    index = IndexMode.ON;
    key = directory.resolve("key");
    EncryptionKeys.create(key);
    for (int starts = 0; starts < 3; starts++) {
      RecoveryStats recovery = openShared(starts == 0);
      assertThat(recovery.segmentsFromIndex()).isZero();
      assertThat(recovery.segments()).isEqualTo(Math.min(1, starts));
    }
  }

  /** Puts all pages, or finds them. */
  private RecoveryStats openShared(boolean isNew) {
    try (PageStore store = open(Durability.DURABLE, Deduplication.POOL)) {
      if (isNew) {
        putAll(store, store.createPool("a", PoolKind.PERSISTENT));
      }
      Pool pool = store.pool("a").orElseThrow();
      assertAll(store, pool);
      assertThat(stats(store).sharedPages()).isEqualTo(COPIES * CONTENTS);
      return store.stats().tiers().get(1).recovery();
    }
  }

  private Inspection check(boolean repair) throws IOException {
    return StoreFiles.check(directory, List.of(), repair, repair, CheckProgress.NONE);
  }

  private Path file(String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().findFirst().get();
    }
  }
}
