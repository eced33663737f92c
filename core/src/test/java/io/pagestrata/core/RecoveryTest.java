// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an earlier run left, record by record, and what the store makes of it; the rig compares
 * tiers, table and accounts at its end, so a record that nobody freed or counted fails each test.
 */
class RecoveryTest {
  private static final int POOL = 1;
  private static final int CONTENTS = 2;
  private static final int DESTROYED = 3;
  private static final long HIGHEST = 1000;

  private final List<BiConsumer<HeapTier, PageLog.Visitor>> records = new ArrayList<>();
  private final HeapLog log = log(POOL, CONTENTS);
  private final CRC32C crc = new CRC32C();

  private HeapLog log(int... pools) {
    List<PageLog.SavedPool> saved = new ArrayList<>();
    for (int id : pools) {
      boolean contents = id == CONTENTS;
      String name = contents ? "content" : "old";
      saved.add(new PageLog.SavedPool(id, name, TenantLimits.DEFAULT_NAME, false, contents));
    }
    return new HeapLog(
        saved,
        (tier, visitor) -> {
          records.forEach(record -> record.accept(tier, visitor));
          return HIGHEST;
        });
  }

  private long store(HeapTier tier, ByteBuffer record) {
    ZpageHeader.seal(record, 0, crc);
    int bytes = ZpageHeader.zpageBytes(record, 0);
    return tier.store(record, 0, bytes, UpperTier.NO_BACKING, StoreIntent.RECLAIM);
  }

  /** A zpage of a page filled with its generation. */
  private void zpage(int pool, long object, int index, long generation) {
    records.add(
        (tier, visitor) -> {
          ByteBuffer zpage = ByteBuffer.allocateDirect(ZpageHeader.BYTES + Long.BYTES);
          ZpageHeader.write(
              zpage, 0, pool, object, index, generation, PageCodec.FILL_ID, 0, 12, Long.BYTES);
          SameFilled.fill(zpage, ZpageHeader.BYTES, Long.BYTES, generation);
          visitor.record(pool, object, index, generation, false, store(tier, zpage));
        });
  }

  private void tombstone(int index, long generation) {
    records.add((tier, visitor) -> visitor.record(POOL, 1, index, generation, true, 0));
  }

  /** The record of a page that shares the content in a slot. */
  private void sharing(int pool, int index, long generation, int slot, long contentGeneration) {
    records.add(
        (tier, visitor) -> {
          ByteBuffer record = ByteBuffer.allocateDirect(ContentRecord.BYTES);
          int bytes = ContentRecord.PAYLOAD_BYTES;
          ZpageHeader.write(
              record, 0, pool, 1, index, generation, PageCodec.CONTENT_ID, 0, 12, bytes);
          ContentRecord.write(record, 0, contentGeneration, CONTENTS, slot);
          visitor.sharedRecord(
              pool, 1, index, generation, contentGeneration, slot, store(tier, record));
        });
  }

  private StoreRig open() {
    return open(log);
  }

  private static StoreRig open(HeapLog log) {
    return StoreRig.builder()
        .policies(StorePolicies.DEFAULT.with(Deduplication.POOL))
        .log(log)
        .open();
  }

  private static Pool old(StoreRig rig) {
    return rig.store.pool("old").orElseThrow();
  }

  /** The generation of the page that is there, or -1 when it is absent. */
  private static long get(StoreRig rig, int index) {
    ByteBuffer page = ByteBuffer.allocateDirect(rig.pageBytes);
    return rig.store.get(old(rig), 1, index, page) ? SameFilled.word(page, 0) : -1;
  }

  private static void assertLost(StoreRig rig, int index) {
    assertThatThrownBy(() -> get(rig, index))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageEndingWith("it is lost");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNewestRecordOfAPageCountsInWhateverOrderTheyCome(boolean reversed) {
    zpage(POOL, 1, 5, 10);
    zpage(POOL, 1, 5, 30);
    zpage(POOL, 1, 5, 20);
    tombstone(6, 15);
    zpage(POOL, 1, 6, 25);
    zpage(POOL, 1, 7, 10);
    tombstone(7, 20);
    if (reversed) {
      Collections.reverse(records);
    }
    try (StoreRig rig = open()) {
      assertThat(get(rig, 5)).isEqualTo(30);
      assertThat(get(rig, 6)).isEqualTo(25);
      assertThat(get(rig, 7)).isEqualTo(-1);
      assertThat(rig.store.stats().pages()).isEqualTo(2);
    }
  }

  @Test
  void ofCopiesOfOneRecordTheFirstIsKept() {
    zpage(POOL, 1, 5, 10);
    zpage(POOL, 1, 5, 10);
    try (StoreRig rig = open()) {
      List<Long> kept = new ArrayList<>();
      rig.store.inspect((pool, object, index, place) -> kept.add(place.locator()));
      // Each slot of the tier has one locator; the first was given out first.
      assertThat(rig.below().liveLocators()).isEqualTo(kept);
      assertThat(rig.below().stats().storedZpages()).isEqualTo(2);
      assertThat(kept.get(0) % (4 * 64)).isZero();
    }
  }

  @Test
  void recordsOfAPoolThatIsGoneAreGivenBack() {
    zpage(DESTROYED, 1, 5, 10);
    sharing(DESTROYED, 6, 11, 7, 3);
    zpage(POOL, 1, 5, 12);
    try (StoreRig rig = open()) {
      assertThat(rig.below().liveZpages()).isEqualTo(1);
      assertThat(get(rig, 5)).isEqualTo(12);
    }
  }

  @Test
  void leavesWithoutPagesLeaveNothingBehind() {
    long empty;
    try (StoreRig rig = open(log(POOL))) {
      empty = rig.store.stats().pageTableBytes();
    }
    for (int i = 0; i < 10; i++) {
      tombstone(i * Leaf.PAGES, 10);
    }
    try (StoreRig rig = open(log(POOL))) {
      assertThat(rig.store.stats().pageTableBytes()).isEqualTo(empty);
    }
  }

  // Forbidden: a page that was removed after the opening and is there again after the next one.
  @Test
  void theRemovalOfAPageThatWasFoundIsWrittenDown() {
    zpage(POOL, 1, 5, 10);
    try (StoreRig rig = open()) {
      assertThat(rig.store.flush(old(rig), 1, 5)).isTrue();
      rig.store.sync();
      assertThat(log.tombstones).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pagesShareTheContentThatTheirRecordsName(boolean reversed) {
    zpage(CONTENTS, 0, 7, 3);
    sharing(POOL, 5, 10, 7, 3);
    sharing(POOL, 6, 11, 7, 3);
    if (reversed) {
      Collections.reverse(records);
    }
    try (StoreRig rig = open()) {
      assertThat(get(rig, 5)).isEqualTo(3);
      assertThat(get(rig, 6)).isEqualTo(3);
      assertThat(rig.store.stats().pages()).as("contents are none").isEqualTo(2);
      assertThat(rig.store.stats().policies().deduplication().sharedPages()).isEqualTo(2);
      assertThat(rig.store.flush(old(rig), 1, 5)).isTrue();
      assertThat(rig.store.flush(old(rig), 1, 6)).isTrue();
      assertThat(rig.below().liveZpages()).as("the content goes with the last").isEqualTo(2);
      rig.store.sync();
      assertThat(rig.below().liveZpages()).as("and the records with the tombstones").isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPageMayHaveSharedBeforeOrSince(boolean reversed) {
    zpage(CONTENTS, 0, 7, 3);
    sharing(POOL, 5, 10, 7, 3);
    zpage(POOL, 1, 5, 20);
    zpage(POOL, 1, 6, 10);
    sharing(POOL, 6, 20, 7, 3);
    sharing(POOL, 8, 20, 7, 3);
    sharing(POOL, 8, 21, 7, 3);
    if (reversed) {
      Collections.reverse(records);
    }
    try (StoreRig rig = open()) {
      assertThat(get(rig, 5)).isEqualTo(20);
      assertThat(get(rig, 6)).isEqualTo(3);
      assertThat(get(rig, 8)).isEqualTo(3);
      StoreOracle.check(rig);
    }
  }

  /** A sync that a crash cut off had written it, and none of the records that name it. */
  @Test
  void aContentThatNobodyNamesIsGivenBack() {
    zpage(CONTENTS, 0, 7, 3);
    zpage(POOL, 1, 5, 10);
    try (StoreRig rig = open()) {
      assertThat(rig.below().liveZpages()).isEqualTo(1);
      assertThat(get(rig, 5)).isEqualTo(10);
    }
  }

  // Forbidden: another page's bytes, from a slot that was given out again.
  @Test
  void aPageWhoseContentIsNotTheOneThatItNamesIsLost() {
    zpage(CONTENTS, 0, 7, 4);
    sharing(POOL, 5, 10, 7, 3);
    sharing(POOL, 6, 10, 8, 3);
    sharing(POOL, 9, 10, 7, 4);
    try (StoreRig rig = open()) {
      assertLost(rig, 5);
      assertLost(rig, 6);
      assertThat(get(rig, 9)).isEqualTo(4);
      assertThat(rig.store.flush(old(rig), 1, 5)).isTrue();
      assertLost(rig, 6);
      assertThat(rig.store.flush(old(rig), 1, 6)).isTrue();
    }
  }

  // Forbidden: a word of another kind, in a tier that is not there.
  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, -(1 << 16), Integer.MAX_VALUE})
  void aPageWhoseRecordNamesNoContentAtAllIsLost(int slot) {
    zpage(CONTENTS, 0, 7, 3);
    sharing(POOL, 5, 10, slot, 3);
    sharing(POOL, 6, 10, 7, 3);
    try (StoreRig rig = open()) {
      assertLost(rig, 5);
      assertThat(get(rig, 6)).isEqualTo(3);
      assertThat(rig.store.flush(old(rig), 1, 5)).isTrue();
      StoreOracle.check(rig);
    }
  }

  @Test
  void aPageWhoseContentWasRemovedIsLost() {
    records.add((tier, visitor) -> visitor.record(CONTENTS, 0, 7, 3, true, 0));
    sharing(POOL, 5, 10, 7, 3);
    try (StoreRig rig = open()) {
      assertLost(rig, 5);
      assertThat(rig.store.flush(old(rig), 1, 5)).isTrue();
    }
  }

  @Test
  void aPageThatSharesIsLostInAStoreWithoutContents() {
    sharing(POOL, 5, 10, 7, 3);
    try (StoreRig rig = open(log(POOL))) {
      assertLost(rig, 5);
      assertThat(rig.store.flush(old(rig), 1, 5)).isTrue();
    }
  }

  @Test
  void generationsGoOnBehindTheHighest() {
    zpage(POOL, 1, 5, 10);
    try (StoreRig rig = open()) {
      assertThat(rig.put(old(rig), 1, 5, 1)).isTrue();
      rig.store.sync();
      List<Long> generations = new ArrayList<>();
      for (long locator : rig.below().liveLocators()) {
        generations.add(generation(rig.below(), locator));
      }
      assertThat(generations).hasSize(1).allMatch(generation -> generation > HIGHEST);
    }
  }

  private static long generation(HeapTier tier, long locator) {
    long[] found = new long[1];
    try {
      tier.read(
          locator,
          ByteBuffer.allocateDirect(tier.scratchBytes()),
          (memory, offset, available) -> {
            found[0] = ZpageHeader.generation(memory, offset);
            return 0;
          });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return found[0];
  }
}
