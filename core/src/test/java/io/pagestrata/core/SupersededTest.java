// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What a page was stays in the lowest tier of a durable store until what it is now is there.
 * Forbidden: a record that is freed before, since a crash would bring an older one back, or one
 * that is kept after, since a tier would fill with them.
 */
class SupersededTest {
  private static final int CHANGERS = 3;
  private static final int CHANGES = 5_000;
  private static final int PAGES = 6;

  private static StoreRig durable() {
    return StoreRig.builder().log(new HeapLog()).promoteAlways().open();
  }

  private static int records(StoreRig rig) {
    return rig.below().liveZpages();
  }

  private static long supersededBytes(StoreRig rig) {
    return rig.below().host().supersededBytes();
  }

  @Test
  void anOverwrittenPageKeepsItsRecordUntilTheSync() {
    try (StoreRig rig = durable()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.store.sync();
      assertThat(supersededBytes(rig)).isZero();
      for (int version = 2; version < 5; version++) {
        rig.put(rig.swap, 1, 1, version);
        assertThat(records(rig)).isEqualTo(1);
        assertThat(supersededBytes(rig)).isPositive();
      }
      rig.store.sync();
      assertThat(records(rig)).as("the new one alone").isEqualTo(1);
      assertThat(supersededBytes(rig)).isZero();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aRemovedPageKeepsItsRecordUntilTheTombstone() {
    try (StoreRig rig = durable()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.put(rig.swap, 1, 2, 1);
      rig.store.sync();
      assertThat(rig.store.flush(rig.swap, 1, 1)).isTrue();
      assertThat(rig.take(rig.swap, 1, 2)).isEqualTo(1);
      assertThat(records(rig)).isEqualTo(2);
      rig.store.sync();
      assertThat(records(rig)).isZero();
    }
  }

  @Test
  void aWriteBackIsAsGoodAsASync() {
    try (StoreRig rig = durable()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.writeback.demote(0, true);
      rig.put(rig.swap, 1, 1, 2);
      assertThat(records(rig)).isEqualTo(1);
      rig.writeback.demote(0, true);
      assertThat(records(rig)).isEqualTo(1);
      assertThat(supersededBytes(rig)).isZero();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(2);
    }
  }

  @Test
  void ofTwoRecordsTheOlderGoes() {
    try (StoreRig rig = durable()) {
      for (int version = 1; version < 6; version++) {
        rig.put(rig.swap, 1, 1, version);
        rig.store.sync();
        rig.put(rig.swap, 1, 1, version * 100);
        rig.writeback.demote(0, true);
        rig.put(rig.swap, 1, 1, version * 1000);
        assertThat(records(rig)).isEqualTo(1);
      }
    }
  }

  @Test
  void cleaningMovesASupersededRecord() {
    try (StoreRig rig = durable()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.store.sync();
      rig.put(rig.swap, 1, 1, 2);
      long before = rig.below().liveLocators().get(0);
      assertThat(rig.below().maintain()).isEqualTo(1);
      assertThat(records(rig)).isEqualTo(1);
      assertThat(rig.below().liveLocators().get(0)).isNotEqualTo(before);
      rig.store.sync();
      assertThat(records(rig)).isEqualTo(1);
      assertThat(supersededBytes(rig)).isZero();
    }
  }

  @Test
  void aBackingCopyThatCleaningGivesUpStaysUntilThePageIsWrittenAgain() {
    try (StoreRig rig = durable()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.store.sync();
      assertThat(rig.below().maintain()).as("moved as what it is now").isEqualTo(1);
      assertThat(records(rig)).isEqualTo(1);
      assertThat(supersededBytes(rig)).isPositive();
      rig.store.sync();
      assertThat(records(rig)).isEqualTo(1);
      assertThat(supersededBytes(rig)).isZero();
    }
  }

  @Test
  void aRecordThatMovesWhileASyncSupersedesItGoesWithTheNext() {
    HeapLog log = new HeapLog();
    try (StoreRig rig = StoreRig.builder().log(log).open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.store.sync();
      rig.put(rig.swap, 1, 1, 2);
      log.onAppend(() -> rig.below().maintain());
      rig.store.sync();
      log.onAppend(() -> {});
      rig.store.sync();
      assertThat(records(rig)).isEqualTo(1);
    }
  }

  @Test
  void whatChangesWhileASyncWritesItStaysAsSuperseded() {
    HeapLog log = new HeapLog();
    try (StoreRig rig = StoreRig.builder().log(log).open()) {
      rig.put(rig.swap, 1, 1, 1);
      log.onAppend(() -> rig.put(rig.swap, 1, 1, 2));
      rig.store.sync();
      log.onAppend(() -> {});
      assertThat(records(rig)).as("a crash now must find what the sync wrote").isEqualTo(1);
      rig.store.flush(rig.swap, 1, 1);
      assertThat(records(rig)).isEqualTo(1);
      rig.store.sync();
      assertThat(records(rig)).isZero();
    }
  }

  @Test
  void recordsOfADestroyedPoolGoAtOnce() {
    try (StoreRig rig = durable()) {
      Pool pool = rig.store.createPool("other", PoolKind.PERSISTENT);
      for (int i = 0; i < 5; i++) {
        rig.put(pool, 1, i, 1);
      }
      rig.store.sync();
      rig.put(pool, 1, 0, 2);
      rig.store.flush(pool, 1, 1);
      rig.store.destroyPool(pool);
      assertThat(records(rig)).isZero();
      assertThat(supersededBytes(rig)).isZero();
    }
  }

  @Test
  void aTombstoneIsNeededUntilThePageIsOnTheMediumAgain() {
    try (StoreRig rig = durable()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.store.sync();
      rig.store.flush(rig.swap, 1, 1);
      rig.store.sync();
      assertThat(isTombstoneLive(rig)).as("absent").isTrue();
      rig.put(rig.swap, 1, 1, 2);
      assertThat(isTombstoneLive(rig)).as("in RAM alone").isTrue();
      rig.store.sync();
      assertThat(isTombstoneLive(rig)).as("in RAM and below").isFalse();
    }
  }

  // Forbidden: a record that nobody frees, or that two free, whoever comes between a change of a
  // page
  // and its record: syncs, write back, cleaning and other changes.
  @Test
  void nothingIsLeftOfChangesThatMeet() {
    try (StoreRig rig = durable()) {
      AtomicInteger running = new AtomicInteger(CHANGERS);
      Threads.run(
          CHANGERS + 3,
          number -> {
            Random random = new Random(number);
            if (number < CHANGERS) {
              try {
                for (int i = 0; i < CHANGES; i++) {
                  change(rig, random, i);
                }
              } finally {
                running.decrementAndGet();
              }
              return;
            }
            while (running.get() > 0) {
              switch (number - CHANGERS) {
                case 0 -> rig.store.sync();
                case 1 -> rig.below().maintain();
                default -> rig.writeback.demote(0, true);
              }
            }
          });
      rig.store.sync();
      assertThat(supersededBytes(rig)).isZero();
      rig.store.inspect(
          new PageVisitor() {
            @Override
            public void visit(Pool pool, long object, int index, Place place) {}

            @Override
            public void visitSuperseded(Pool pool, long object, int index, int tier, long locator) {
              fail("page %d has a record left", index);
            }
          });
    }
  }

  private static void change(StoreRig rig, Random random, int version) {
    int index = random.nextInt(PAGES);
    switch (random.nextInt(8)) {
      case 0 -> rig.store.flush(rig.swap, 1, index);
      case 1 -> rig.take(rig.swap, 1, index);
      case 2 -> rig.get(rig.swap, 1, index);
      default -> rig.put(rig.swap, 1, index, version);
    }
  }

  private static boolean isTombstoneLive(StoreRig rig) {
    ByteBuffer tombstone = ByteBuffer.allocate(ZpageHeader.BYTES);
    ZpageHeader.write(tombstone, 0, rig.swap.id(), 1, 1, 2, 0, ZpageHeader.FLAG_TOMBSTONE, 12, 0);
    return rig.below().host().isLive(tombstone, 0, 0);
  }
}
