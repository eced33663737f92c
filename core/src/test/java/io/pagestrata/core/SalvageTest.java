// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Pages whose zpage in a lower tier is damaged: which ones are told, and which are saved. */
class SalvageTest {
  private static final int PAGES = 5;

  /** What a report said. */
  private record Told(long object, int index, long locator, boolean rewritten) {}

  private static PageVisitor.Place place(StoreRig rig, int index) {
    AtomicReference<PageVisitor.Place> found = new AtomicReference<>();
    rig.store.inspect(
        (pool, object, i, place) -> {
          if (i == index) {
            found.set(place);
          }
        });
    return found.get();
  }

  private static void store(StoreRig rig) {
    for (int i = 0; i < PAGES; i++) {
      assertThat(rig.put(rig.swap, 1, i, i + 10)).isTrue();
    }
    rig.writeback.demote(0, true);
  }

  private static List<Told> salvage(StoreRig rig, HeapTier tier, long damaged) {
    List<Told> told = new ArrayList<>();
    tier.host()
        .salvage(
            locator -> locator == damaged,
            (pool, object, index, locator, rewritten) -> {
              assertThat(pool).isEqualTo(rig.swap.id());
              told.add(new Told(object, index, locator, rewritten));
            });
    return told;
  }

  private static void assertPages(StoreRig rig) {
    for (int i = 0; i < PAGES; i++) {
      assertThat(rig.get(rig.swap, 1, i)).isEqualTo(i + 10);
    }
  }

  @Test
  void theOnlyCopyIsToldAndStays() {
    try (StoreRig rig = StoreRig.builder().open()) {
      store(rig);
      long locator = place(rig, 3).locator();
      rig.below().flipBit(locator, 400);
      assertThat(salvage(rig, rig.below(), locator))
          .containsExactly(new Told(1, 3, locator, false));
      assertThat(salvage(rig, rig.below(), locator)).as("and again").hasSize(1);
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 3)).isInstanceOf(CorruptPageException.class);
      assertThat(rig.put(rig.swap, 1, 3, 13)).isTrue();
      assertThat(salvage(rig, rig.below(), locator)).as("needed no more").isEmpty();
      assertPages(rig);
    }
  }

  @Test
  void aBackingCopyIsGivenUpAndWrittenAgain() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      store(rig);
      assertPages(rig);
      long locator = place(rig, 3).backingLocator();
      rig.below().flipBit(locator, 400);
      assertThat(salvage(rig, rig.below(), locator)).containsExactly(new Told(1, 3, locator, true));
      assertThat(place(rig, 3).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.below().liveZpages()).isEqualTo(PAGES - 1);
      long stored = rig.below().stats().storedZpages();
      rig.writeback.demote(0, true);
      assertThat(rig.below().stats().storedZpages()).isEqualTo(stored + 1);
      assertPages(rig);
    }
  }

  @Test
  void aBackingCopyOfADamagedPageIsKept() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      store(rig);
      assertPages(rig);
      PageVisitor.Place place = place(rig, 3);
      rig.top().flipBit(place.locator(), 400);
      assertThat(salvage(rig, rig.below(), place.backingLocator()))
          .containsExactly(new Told(1, 3, place.backingLocator(), false));
      assertThat(place(rig, 3).backingTier()).isEqualTo(1);
      assertThat(rig.put(rig.swap, 1, 3, 13)).isTrue();
      assertPages(rig);
    }
  }

  @Test
  void aPageComesUpFromATierThatMayLoseItWhenItsMirrorIsDamaged() {
    try (StoreRig rig = StoreRig.builder().lossyMiddle().topKind(HeapTier.Kind.PLAIN).open()) {
      store(rig);
      PageVisitor.Place place = place(rig, 3);
      rig.bottom().flipBit(place.backingLocator(), 400);
      rig.lossy.lost = true;
      assertThat(salvage(rig, rig.bottom(), place.backingLocator()))
          .as("while the copy above is out of reach")
          .containsExactly(new Told(1, 3, place.backingLocator(), false));
      assertThat(place(rig, 3).tier()).isEqualTo(1);

      rig.lossy.lost = false;
      assertThat(salvage(rig, rig.bottom(), place.backingLocator()))
          .containsExactly(new Told(1, 3, place.backingLocator(), true));
      assertThat(place(rig, 3).tier()).isZero();
      assertThat(place(rig, 3).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.below().liveZpages()).isEqualTo(PAGES - 1);
      assertThat(rig.bottom().liveZpages()).isEqualTo(PAGES - 1);
      rig.writeback.demote(0, true);
      assertThat(place(rig, 3).backingTier()).isEqualTo(2);
      assertPages(rig);
    }
  }

  /** The page is in RAM, backed by a copy that may be lost and has a mirror of its own. */
  @Test
  void aChainOfThreeGivesBothLowerCopiesUp() {
    try (StoreRig rig =
        StoreRig.builder().lossyMiddle().promoteAlways().topKind(HeapTier.Kind.PLAIN).open()) {
      store(rig);
      long mirror = place(rig, 3).backingLocator();
      assertPages(rig);
      assertThat(place(rig, 3).tier()).isZero();
      rig.bottom().flipBit(mirror, 400);
      assertThat(salvage(rig, rig.bottom(), mirror)).containsExactly(new Told(1, 3, mirror, true));
      assertThat(place(rig, 3).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.below().liveZpages()).isEqualTo(PAGES - 1);
      assertThat(rig.bottom().liveZpages()).isEqualTo(PAGES - 1);
      assertPages(rig);
    }
  }

  private static StoreRig.Builder mirrored() {
    return StoreRig.builder().lossyMiddle().topKind(HeapTier.Kind.PLAIN);
  }

  /** Damages the mirror of page 3; answers where it is. */
  private static long damageMirror(StoreRig rig) {
    long mirror = place(rig, 3).backingLocator();
    rig.bottom().flipBit(mirror, 400);
    return mirror;
  }

  // Forbidden: a page that comes up since its mirror is damaged, and that no sync writes down
  // again.
  @Test
  void aPageThatComesUpIsWrittenByTheNextSync() {
    try (StoreRig rig = mirrored().log(new HeapLog()).open()) {
      store(rig);
      rig.store.sync();
      long mirror = damageMirror(rig);
      assertThat(salvage(rig, rig.bottom(), mirror)).containsExactly(new Told(1, 3, mirror, true));
      assertThat(place(rig, 3).tier()).isZero();
      assertThat(place(rig, 3).backingTier()).isEqualTo(PageVisitor.NONE);
      rig.store.sync();
      assertThat(place(rig, 3).backingTier()).isEqualTo(2);
      assertPages(rig);
    }
  }

  @Test
  void aPageThatHasNoRoomToComeUpStaysWhereItIsAndIsTold() {
    try (StoreRig rig = mirrored().open()) {
      store(rig);
      long mirror = damageMirror(rig);
      rig.top().faults.refuse(StoreIntent.PROMOTION);
      assertThat(salvage(rig, rig.bottom(), mirror)).containsExactly(new Told(1, 3, mirror, false));
      assertThat(place(rig, 3).tier()).isEqualTo(1);
      assertPages(rig);
    }
  }

  @Test
  void aPageThatIsPutWhileItComesUpIsNotTold() {
    try (StoreRig rig = mirrored().open()) {
      store(rig);
      long mirror = damageMirror(rig);
      rig.top().faults.onceBeforeStore(() -> rig.put(rig.swap, 1, 3, 13));
      assertThat(salvage(rig, rig.bottom(), mirror)).isEmpty();
      assertPages(rig);
    }
  }
}
