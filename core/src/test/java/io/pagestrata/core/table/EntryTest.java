// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.ZpageHeader;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every field of a page-table word is independent of every other. */
class EntryTest {
  private static final long MAX_LOCATOR = (1L << 48) - 1;
  private static final List<Long> FLAGS = List.of(Entry.REFERENCED, Entry.SHADOW, Entry.BACKED);

  @Test
  void tierStampLocatorAndFlagsAreIndependent() {
    Random random = new Random(1);
    for (int round = 0; round < 10_000; round++) {
      int tier = random.nextInt(Entry.MAX_TIERS);
      long stamp = random.nextLong();
      long locator = random.nextLong() & MAX_LOCATOR;
      long flags = 0;
      for (long flag : FLAGS) {
        flags |= random.nextBoolean() ? flag : 0;
      }
      long word = Entry.inTier(tier, stamp, locator) | flags;
      assertThat(Entry.tier(word)).isEqualTo(tier);
      assertThat(Entry.kind(word)).isEqualTo(Entry.KIND_TIER + tier);
      assertThat(Entry.stamp(word)).isEqualTo((int) (stamp & 1023));
      assertThat(Entry.locator(word)).isEqualTo(locator);
      assertThat(Entry.place(word)).isEqualTo(Entry.inTier(tier, stamp, locator));
      assertThat(word & ~Entry.place(word)).isEqualTo(flags);
      assertThat(Entry.isPresent(word)).isTrue();
      assertThat(Entry.isAt(word, tier, locator)).isTrue();
      assertThat(Entry.isAt(word, tier, locator ^ 1L << random.nextInt(48))).isFalse();
      assertThat(Entry.isAt(word, tier ^ 1, locator)).isFalse();
    }
  }

  @Test
  void everyBitBelongsToExactlyOneField() {
    long kinds = 7L << 61;
    long stamps = 1023L << 48;
    long all = kinds | Entry.REFERENCED | Entry.SHADOW | Entry.BACKED | stamps | MAX_LOCATOR;
    assertThat(all).isEqualTo(-1L);
    assertThat(Long.bitCount(Entry.REFERENCED | Entry.SHADOW | Entry.BACKED)).isEqualTo(3);
  }

  @Test
  void theWordOfARemovalKeepsAnyGeneration() {
    long most = ZpageHeader.MOST_GENERATION;
    for (long generation : List.of(1L, 1023L, 1024L, most - 1, most)) {
      long word = Entry.absent(generation);
      assertThat(Entry.isPresent(word)).isFalse();
      assertThat(Entry.generation(word)).isEqualTo(generation);
      assertThat(Entry.generation(Entry.retired(word))).isEqualTo(generation);
    }
    assertThat(Entry.generation(Entry.absent(most + 1))).isZero();
  }

  @Test
  void movingKeepsEverythingButTheLocator() {
    Random random = new Random(2);
    for (int round = 0; round < 1_000; round++) {
      long word = Entry.inTier(3, random.nextLong(), random.nextLong() & MAX_LOCATOR);
      word |= Entry.REFERENCED | Entry.BACKED;
      long to = random.nextLong() & MAX_LOCATOR;
      assertThat(Entry.movedTo(word, to) & ~MAX_LOCATOR).isEqualTo(word & ~MAX_LOCATOR);
      assertThat(Entry.locator(Entry.movedTo(word, to))).isEqualTo(to);
    }
  }

  @Test
  void wordsOfPagesInNoTier() {
    for (long word : new long[] {0, Entry.absent(-1), Entry.record(9), Entry.RETIRED}) {
      assertThat(Entry.isPresent(word)).isFalse();
      assertThat(Entry.tier(word)).isNegative();
    }
    assertThat(Entry.kind(Entry.absent(5))).isEqualTo(Entry.KIND_ABSENT);
    assertThat(Entry.stamp(Entry.absent(1024 + 5))).isEqualTo(5);
    assertThat(Entry.isRecord(Entry.record(5))).isTrue();
    assertThat(Entry.isRecord(Entry.absent(-1))).isFalse();
    assertThat(Entry.kind(Entry.RETIRED)).isEqualTo(Entry.KIND_RETIRED);
    long filled = Entry.filled(6, (1L << 47) - 1);
    assertThat(Entry.isPresent(filled)).isTrue();
    assertThat(Entry.tier(filled)).isNegative();
    assertThat(Entry.locator(filled)).isEqualTo((1L << 47) - 1);
    assertThat(Entry.stamp(filled)).isEqualTo(6);
  }

  @Test
  void backingPacksTierAndLocatorIntoANumberThatIsNoError() {
    for (int tier = 0; tier < Entry.MAX_TIERS; tier++) {
      for (long locator : new long[] {0, 1, MAX_LOCATOR}) {
        long backing = Entry.backing(tier, locator);
        assertThat(backing).isNotNegative();
        assertThat(Entry.backingTier(backing)).isEqualTo(tier);
        assertThat(Entry.backingLocator(backing)).isEqualTo(locator);
      }
    }
  }
}
