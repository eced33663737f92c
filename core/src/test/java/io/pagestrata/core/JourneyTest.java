// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Put, get, take and flush as a user sees them, with every kind of buffer and page. */
class JourneyTest {
  private static final int OFFSET = 13;

  private static List<ByteBuffer> buffers(int pageBytes) {
    return List.of(
        ByteBuffer.allocate(pageBytes + OFFSET + 5),
        ByteBuffer.allocateDirect(pageBytes + OFFSET + 5),
        ByteBuffer.allocate(pageBytes + OFFSET + 9).position(4).slice(),
        ByteBuffer.allocateDirect(pageBytes + OFFSET + 9).position(4).slice());
  }

  @Test
  void everyKindOfBufferAndEveryPageSize() {
    for (int pageBytes : new int[] {4096, 8192, 65536}) {
      try (StoreRig rig = StoreRig.builder().pageBytes(pageBytes).open()) {
        long version = 0;
        for (ByteBuffer source : buffers(pageBytes)) {
          PageStamp.write(source, OFFSET, pageBytes, 2, 3, ++version);
          source.limit(OFFSET + pageBytes).position(OFFSET);
          ByteBuffer given = version % 2 == 0 ? source : source.asReadOnlyBuffer();
          assertThat(rig.store.put(rig.swap, 2, 3, given)).isEqualTo(PutOutcome.STORED);
          assertThat(given.position()).isEqualTo(OFFSET);
          assertThat(given.limit()).isEqualTo(OFFSET + pageBytes);
          if (version % 2 == 0) {
            rig.writeback.demote(0, true);
          }
          checkEveryTarget(rig, version);
        }
      }
    }
  }

  private static void checkEveryTarget(StoreRig rig, long version) {
    int pageBytes = rig.pageBytes;
    for (ByteBuffer target : buffers(pageBytes)) {
      target.position(OFFSET);
      assertThat(rig.store.get(rig.swap, 2, 3, target)).isTrue();
      assertThat(target.position()).isEqualTo(OFFSET);
      assertThat(PageStamp.version(target, OFFSET, pageBytes, 2, 3)).isEqualTo(version);
      assertThat(target.get(OFFSET - 1)).as("byte before the page").isZero();
      assertThat(target.get(OFFSET + pageBytes)).as("byte behind the page").isZero();
    }
    byte[] array = new byte[pageBytes + 2];
    assertThat(rig.store.get(rig.swap, 2, 3, array, 1)).isTrue();
    byte[] page = Arrays.copyOfRange(array, 1, 1 + pageBytes);
    assertThat(PageStamp.version(page, 2, 3)).isEqualTo(version);
    assertThat(array[0]).isZero();
    assertThat(array[pageBytes + 1]).isZero();
  }

  @Test
  void anAbsentPageLeavesTheTargetAlone() {
    try (StoreRig rig = StoreRig.builder().open()) {
      byte[] target = new byte[rig.pageBytes];
      Arrays.fill(target, (byte) 9);
      byte[] before = target.clone();
      assertThat(rig.store.get(rig.swap, 1, 1, target, 0)).isFalse();
      assertThat(rig.store.take(rig.swap, 1, 1, ByteBuffer.wrap(target))).isFalse();
      rig.put(rig.swap, 1, 1, 1);
      assertThat(rig.store.flush(rig.swap, 1, 1)).isTrue();
      assertThat(rig.store.flush(rig.swap, 1, 1)).isFalse();
      assertThat(rig.store.get(rig.swap, 1, 1, target, 0)).isFalse();
      assertThat(target).isEqualTo(before);
      assertThat(rig.store.stats().getMisses()).isEqualTo(3);
    }
  }

  @Test
  void keysThatDifferInOnePartAreDifferentPages() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 2, 10);
      rig.put(rig.swap, 2, 1, 11);
      rig.put(rig.cache, 1, 2, 12);
      rig.put(rig.swap, 1, Integer.MIN_VALUE | 2, 13);
      rig.put(rig.swap, 1L << 32 | 1, 2, 14);
      assertThat(rig.get(rig.swap, 1, 2)).isEqualTo(10);
      assertThat(rig.get(rig.swap, 2, 1)).isEqualTo(11);
      assertThat(rig.get(rig.cache, 1, 2)).isEqualTo(12);
      assertThat(rig.get(rig.swap, 1, Integer.MIN_VALUE | 2)).isEqualTo(13);
      assertThat(rig.get(rig.swap, 1L << 32 | 1, 2)).isEqualTo(14);
      assertThat(rig.store.flushObject(rig.swap, 1)).isEqualTo(2);
      assertThat(rig.get(rig.cache, 1, 2)).isEqualTo(12);
      assertThat(rig.store.destroyPool(rig.cache)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 2, 1)).isEqualTo(11);
    }
  }

  @Test
  void takeGivesThePageOnceFromEveryTier() {
    try (StoreRig rig = StoreRig.builder().open()) {
      for (int index = 0; index < 6; index++) {
        rig.put(rig.swap, 1, index, index + 1);
        if (index == 2) {
          rig.writeback.demote(0, true);
        }
      }
      for (int index = 0; index < 6; index++) {
        assertThat(rig.take(rig.swap, 1, index)).isEqualTo(index + 1);
        assertThat(rig.take(rig.swap, 1, index)).isEqualTo(-1);
      }
      assertThat(rig.top().liveZpages()).isZero();
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.store.stats().takes()).isEqualTo(6);
      assertThat(rig.store.stats().hitsByTier()).containsExactly(3L, 3L);
    }
  }

  @Test
  void aRefusedPutKeepsThePersistentPageAndLeavesNothingOfTheEphemeral() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.put(rig.cache, 1, 1, 1);
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(rig.put(rig.swap, 1, 1, 2)).isFalse();
      assertThat(rig.put(rig.cache, 1, 1, 2)).isFalse();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
      assertThat(rig.store.stats().putsRefusedFull()).isEqualTo(2);
      assertThat(rig.store.stats().puts()).isEqualTo(2);
    }
  }

  @Test
  void aTableThatCannotGrowRefusesAndCounts() {
    try (StoreRig rig = StoreRig.builder().budgetBytes(64 << 10).open()) {
      rig.put(rig.swap, 0, 0, 1);
      int object = 1;
      while (rig.put(rig.swap, object, 0, 1)) {
        object++;
      }
      byte[] page = PageStamp.page(rig.pageBytes, object, 0, 1);
      assertThat(rig.store.put(rig.swap, object, 0, page, 0))
          .isEqualTo(PutOutcome.REFUSED_TABLE_FULL);
      assertThat(rig.store.stats().putsRefusedTable()).isEqualTo(2);
      assertThat(rig.put(rig.swap, 0, 0, 2)).as("a known page needs no more table").isTrue();
      assertThat(rig.store.stats().budgetUsedBytes()).isLessThanOrEqualTo(64 << 10);
    }
  }

  @Test
  void aPageThatDoesNotShrinkIsKeptAsItIs() {
    for (int pageBytes : new int[] {4096, 65536}) {
      try (StoreRig rig = StoreRig.builder().pageBytes(pageBytes).open()) {
        byte[] page = new byte[pageBytes];
        new Random(8).nextBytes(page);
        byte[] target = new byte[pageBytes];
        assertThat(rig.store.put(rig.swap, 1, 1, page, 0).isStored()).isTrue();
        for (int i = 0; i < 2; i++) {
          assertThat(rig.store.get(rig.swap, 1, 1, target, 0)).isTrue();
          assertThat(target).isEqualTo(page);
          rig.writeback.demote(0, true);
        }
        StoreStats stats = rig.store.stats();
        assertThat(stats.putsIncompressible()).isEqualTo(1);
        assertThat(stats.payloadBytesPut()).isEqualTo(pageBytes);
        assertThat(stats.rawBytesPut()).isEqualTo(pageBytes);
        assertThat(stats.tiers().get(1).zpageBytes()).isEqualTo(pageBytes + ZpageHeader.BYTES);
      }
    }
  }

  @Test
  void countersFollowTheJourneys() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.put(rig.swap, 1, 1, 2);
      rig.put(rig.swap, 1, 2, 1);
      rig.writeback.demote(0, true);
      long decompressions = rig.store.stats().decompressions();
      assertThat(decompressions).as("writeback decompresses nothing").isZero();
      rig.get(rig.swap, 1, 1);
      rig.get(rig.swap, 1, 1);
      rig.get(rig.swap, 1, 9);
      rig.store.flush(rig.swap, 1, 2);
      StoreStats stats = rig.store.stats();
      assertThat(stats.puts()).isEqualTo(3);
      assertThat(stats.pages()).isEqualTo(1);
      assertThat(stats.gets()).isEqualTo(2);
      assertThat(stats.getMisses()).isEqualTo(1);
      assertThat(stats.hitsByTier()).containsExactly(1L, 1L);
      assertThat(stats.promotions()).isEqualTo(1);
      assertThat(stats.flushes()).isEqualTo(1);
      assertThat(stats.decompressions()).isEqualTo(2);
      assertThat(stats.generation()).isGreaterThanOrEqualTo(4);
      assertThat(stats.refaultLatencyByTier().get(1).count()).isEqualTo(1);
    }
  }

  @Test
  void latenciesComeFromTheClockGiven() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.writeback.demote(0, true);
      rig.clock.stepOnEachLook(1_000);
      rig.get(rig.swap, 1, 1);
      assertThat(rig.store.stats().refaultLatencyByTier().get(1).maxNanos()).isEqualTo(1_000);
    }
  }
}
