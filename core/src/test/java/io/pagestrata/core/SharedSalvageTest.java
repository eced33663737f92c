// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.StoreRig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Damage to what several pages share, and to the records by which they share it. */
class SharedSalvageTest {
  private static final int PAGES = 3;
  private static final long VERSION = 7;

  private static StoreRig.Builder sharing() {
    return StoreRig.builder()
        .anonymousPages()
        .promoteAlways()
        .policies(StorePolicies.DEFAULT.with(Deduplication.POOL));
  }

  private static void putEqual(StoreRig rig) {
    for (int i = 0; i < PAGES; i++) {
      assertThat(rig.put(rig.swap, 1, i, VERSION)).isTrue();
    }
  }

  private static void assertPages(StoreRig rig) {
    for (int i = 0; i < PAGES; i++) {
      assertThat(rig.get(rig.swap, 1, i)).isEqualTo(VERSION);
    }
  }

  private static PageVisitor.Place content(StoreRig rig) {
    AtomicReference<PageVisitor.Place> found = new AtomicReference<>();
    rig.store.inspect(
        new PageVisitor() {
          @Override
          public void visit(Pool pool, long object, int index, Place place) {}

          @Override
          public void visitContent(Pool pool, int index, long references, Place place) {
            assertThat(references).isEqualTo(PAGES);
            assertThat(found.getAndSet(place)).as("one content").isNull();
          }
        });
    return found.get();
  }

  private static long record(StoreRig rig, int index) {
    List<Long> found = new ArrayList<>();
    rig.store.inspect(
        (pool, object, i, place) -> {
          if (i == index) {
            found.add(place.backingLocator());
          }
        });
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  /** Says for each page that needs the damaged zpage whether it is written again. */
  private static List<Boolean> salvage(StoreRig rig, long damaged) {
    List<Boolean> told = new ArrayList<>();
    rig.below()
        .host()
        .salvage(
            locator -> locator == damaged,
            (pool, object, index, locator, rewritten) -> told.add(rewritten));
    return told;
  }

  @Test
  void theCopyBelowOfAContentIsGivenUpAndWrittenAgain() {
    try (StoreRig rig = sharing().open()) {
      putEqual(rig);
      rig.writeback.demote(0, true);
      assertPages(rig);
      long damaged = content(rig).backingLocator();
      rig.below().flipBit(damaged, 400);
      assertThat(salvage(rig, damaged)).containsExactly(true);
      assertThat(content(rig).backingTier()).isEqualTo(PageVisitor.NONE);
      rig.writeback.demote(0, true);
      assertThat(content(rig).tier()).as("it went down, by a write").isEqualTo(1);
      assertPages(rig);
    }
  }

  @Test
  void aContentThatIsNowhereElseIsTold() {
    try (StoreRig rig = sharing().open()) {
      putEqual(rig);
      rig.writeback.demote(0, true);
      long damaged = content(rig).locator();
      rig.below().flipBit(damaged, 400);
      assertThat(salvage(rig, damaged)).containsExactly(false);
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 1)).isInstanceOf(CorruptPageException.class);
    }
  }

  @Test
  void aDamagedRecordIsWrittenAgainByTheNextSync() {
    try (StoreRig rig = sharing().log(new HeapLog()).open()) {
      putEqual(rig);
      rig.store.sync();
      long damaged = record(rig, 1);
      int records = rig.below().liveZpages();
      assertThat(records).as("a content, and a record for each page").isEqualTo(1 + PAGES);
      rig.below().flipBit(damaged, 400);
      assertThat(salvage(rig, damaged)).containsExactly(true);
      assertThat(rig.below().liveZpages()).as("it stays until then").isEqualTo(records);
      assertThat(salvage(rig, damaged)).as("needed no more").isEmpty();
      rig.store.sync();
      assertThat(rig.below().liveZpages()).isEqualTo(records);
      assertThat(record(rig, 1)).isNotEqualTo(damaged);
      assertPages(rig);
    }
  }
}
