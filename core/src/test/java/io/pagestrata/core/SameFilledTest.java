// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.StoreRig;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A page is same-filled if and only if every word equals the first. */
class SameFilledTest {
  private static final int PAGE_BYTES = 4096;

  @Test
  void anySingleChangedByteIsSeen() {
    for (ByteBuffer page :
        List.of(ByteBuffer.allocate(PAGE_BYTES + 5), ByteBuffer.allocateDirect(PAGE_BYTES + 5))) {
      SameFilled.fill(page, 5, PAGE_BYTES, 0x0123_4567_89ab_cdefL);
      assertThat(SameFilled.is(page, 5, PAGE_BYTES)).isTrue();
      assertThat(SameFilled.word(page, 5)).isEqualTo(0x0123_4567_89ab_cdefL);
      for (int i = 0; i < PAGE_BYTES; i++) {
        byte before = page.get(5 + i);
        page.put(5 + i, (byte) (before + 1));
        assertThat(SameFilled.is(page, 5, PAGE_BYTES)).as("byte %d changed", i).isFalse();
        page.put(5 + i, before);
      }
    }
  }

  @Test
  void fillTouchesNothingBesideThePage() {
    ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES + 16);
    SameFilled.fill(page, 8, PAGE_BYTES, -1);
    assertThat(page.getLong(0)).isZero();
    assertThat(page.getLong(PAGE_BYTES + 8)).isZero();
  }

  @Test
  void theStoreKeepsOnlyTheWord() {
    try (StoreRig rig = StoreRig.builder().open()) {
      Random random = new Random(3);
      long[] words = {0, -1, 0x5555_5555_5555_5555L, 1, 1L << 63, random.nextLong()};
      for (int i = 0; i < words.length; i++) {
        ByteBuffer page = ByteBuffer.allocateDirect(rig.pageBytes);
        SameFilled.fill(page, 0, rig.pageBytes, words[i]);
        assertThat(rig.store.put(rig.swap, 1, i, page).isStored()).isTrue();
      }
      assertThat(rig.top().liveZpages()).isZero();
      for (int i = 0; i < words.length; i++) {
        ByteBuffer page = ByteBuffer.allocateDirect(rig.pageBytes);
        assertThat(i % 2 == 0 ? rig.store.get(rig.swap, 1, i, page) : take(rig, i, page)).isTrue();
        assertThat(SameFilled.is(page, 0, rig.pageBytes)).isTrue();
        assertThat(SameFilled.word(page, 0)).isEqualTo(words[i]);
        assertThat(rig.store.get(rig.swap, 1, i, page)).isEqualTo(i % 2 == 0);
      }
      assertThat(rig.store.stats().putsSameFilled()).isEqualTo(words.length);
      assertThat(rig.store.stats().sameFilledHits()).isEqualTo(words.length + words.length / 2);
    }
  }

  private static boolean take(StoreRig rig, int index, ByteBuffer page) {
    return rig.store.take(rig.swap, 1, index, page);
  }
}
