// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.Tier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandleWordTest {
  private static final int LAST_FRAME = (int) HandleWord.MAX_FRAMES - 1;

  @ParameterizedTest
  @CsvSource({
    "0, 0, 6, false",
    "67108863, 1023, 517, true",
    "1, 1023, 1, true",
    "7, 0, 1023, false"
  })
  void keepsEveryFieldApart(int zspage, int slot, int units, boolean backed) {
    long word = HandleWord.born(0, HandleWord.place(zspage, slot), units, backed);
    long pinned = word + 5 * HandleWord.PIN;
    assertThat(HandleWord.zspage(pinned)).isEqualTo(zspage).isLessThanOrEqualTo(LAST_FRAME);
    assertThat(HandleWord.slot(pinned)).isEqualTo(slot);
    assertThat(HandleWord.units(pinned)).isEqualTo(units);
    assertThat(HandleWord.isBacked(pinned)).isEqualTo(backed);
    assertThat(HandleWord.isLive(pinned)).isTrue();
    assertThat(HandleWord.isPinned(pinned)).isTrue();
    assertThat(HandleWord.isPinned(word)).isFalse();
    long dead = HandleWord.dead(pinned);
    assertThat(HandleWord.isDead(dead)).isTrue();
    assertThat(HandleWord.isLive(dead)).isFalse();
    assertThat(HandleWord.place(dead)).isEqualTo(HandleWord.place(zspage, slot));
    long moved = HandleWord.movedTo(word, HandleWord.place(3, 4));
    assertThat(HandleWord.zspage(moved)).isEqualTo(3);
    assertThat(HandleWord.slot(moved)).isEqualTo(4);
    assertThat(HandleWord.units(moved)).isEqualTo(units);
  }

  @Test
  void aLocatorNamesOneLifeOfAHandle() {
    int handle = HandleWord.MAX_HANDLES - 2;
    long word = HandleWord.born(0, HandleWord.place(1, 2), 100, true);
    long locator = HandleWord.locator(handle, word + HandleWord.PIN);
    assertThat(locator).isBetween(0L, (1L << Tier.LOCATOR_BITS) - 1);
    assertThat(HandleWord.handle(locator)).isEqualTo(handle);
    assertThat(HandleWord.isBackedLocator(locator)).isTrue();
    assertThat(HandleWord.isNamedBy(word, locator)).isTrue();
    assertThat(HandleWord.isNamedBy(HandleWord.movedTo(word, 9), locator)).isTrue();
    assertThat(HandleWord.isNamedBy(HandleWord.dead(word), locator)).isFalse();

    long next = HandleWord.born(HandleWord.free(word), HandleWord.place(1, 2), 100, true);
    assertThat(HandleWord.isNamedBy(next, locator)).as("the next life").isFalse();
    long longer = HandleWord.born(0, HandleWord.place(1, 2), 101, true);
    assertThat(HandleWord.isNamedBy(longer, locator)).as("another length").isFalse();
  }

  @Test
  void pinsFillTheirFieldOnly() {
    long word = HandleWord.born(0, 0, 1, false);
    long full = word;
    while (!HandleWord.isPinnedFully(full)) {
      full += HandleWord.PIN;
    }
    assertThat(HandleWord.isLive(full)).isTrue();
    assertThat(HandleWord.isDead(full)).isFalse();
    assertThat((full - word) / HandleWord.PIN).isEqualTo(127);
  }
}
