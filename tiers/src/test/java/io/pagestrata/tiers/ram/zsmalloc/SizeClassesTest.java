// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.ZpageHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeClassesTest {
  private static final int FRAME = 4096;

  @ParameterizedTest
  @CsvSource({"4096, 1", "4096, 2", "4096, 8", "4096, 16", "16384, 8", "65536, 16"})
  void everySizeFitsAndNoTwoSlotsOverlap(int frameBytes, int longestChain) {
    SizeClasses classes = new SizeClasses(frameBytes, longestChain);
    for (int bytes = ZpageHeader.BYTES + 1; bytes <= ZpageHeader.BYTES + frameBytes; bytes++) {
      int units = classes.units(bytes, true);
      SizeClass of = classes.of(units);
      assertThat(units * classes.unitBytes).isBetween(bytes + Long.BYTES, of.slotBytes());
      assertThat(of.slotOffset(of.slots())).isLessThanOrEqualTo(of.frames() * frameBytes);
      assertThat(of.firstSlotOffset())
          .as("owners end in the first frame, before the first slot")
          .isBetween(of.ownersOffset() + of.slots() * Integer.BYTES, frameBytes);
      assertThat(of.slots()).isBetween(1, HandleWord.MAX_SLOTS);
      assertThat(of.slotOffset(1) % classes.unitBytes).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16})
  void classesOfEqualGeometryAreOne(int longestChain) {
    SizeClasses classes = new SizeClasses(FRAME, longestChain);
    SizeClass before = null;
    for (SizeClass each : classes.all()) {
      if (before != null) {
        assertThat(each.slotBytes()).isGreaterThan(before.slotBytes());
        assertThat(each.slots() == before.slots() && each.frames() == before.frames()).isFalse();
        assertThat(each.index()).isEqualTo(before.index() + 1);
      }
      before = each;
    }
    assertThat(classes.all()).hasSizeLessThan(SizeClasses.UNITS_OF_FRAME / 2);
  }

  @Test
  void aLongerChainIsTakenForMoreThanAPercentOnly() {
    SizeClasses classes = new SizeClasses(FRAME, 8);
    for (SizeClass each : classes.all()) {
      for (int chain = 1; chain <= 8; chain++) {
        double share =
            (double) classes.slots(chain, each.slotBytes()) * each.slotBytes() / chain / FRAME;
        assertThat(usedShare(each))
            .as("%s against a chain of %d", each, chain)
            .isGreaterThanOrEqualTo(chain < each.frames() ? share : share - 0.01);
      }
    }
  }

  @Test
  void chainsOfEightWasteLittleBelowTheHugeSizes() {
    SizeClasses classes = new SizeClasses(FRAME, 8);
    assertThat(classes.all())
        .filteredOn(each -> each.slotBytes() >= 256 && each.slotBytes() <= FRAME / 2)
        .allSatisfy(each -> assertThat(usedShare(each)).isGreaterThan(0.95));
  }

  @Test
  void hugeZpagesHaveFramesOfTheirOwn() {
    SizeClasses classes = new SizeClasses(FRAME, 1);
    SizeClass huge = classes.of(classes.units(3000, false));
    assertThat(huge.slots()).isEqualTo(1);
    assertThat(huge.frames()).isEqualTo(1);
    SizeClass raw = classes.of(classes.units(ZpageHeader.BYTES + FRAME, true));
    assertThat(raw.slots()).isEqualTo(1);
    assertThat(raw.frames()).isEqualTo(2);
  }

  @Test
  void smallPoolsChainFewerFrames() {
    assertThat(SizeClasses.longestChain(8, 16)).isEqualTo(2);
    assertThat(SizeClasses.longestChain(1, 16)).isEqualTo(1);
    assertThat(SizeClasses.longestChain(8, 4096)).isEqualTo(4);
    assertThat(SizeClasses.longestChain(8, 1 << 20)).isEqualTo(8);
    assertThat(SizeClasses.longestChain(16, 1 << 20)).isEqualTo(16);
  }

  private static double usedShare(SizeClass of) {
    return (double) of.slots() * of.slotBytes() / of.frames() / FRAME;
  }
}
