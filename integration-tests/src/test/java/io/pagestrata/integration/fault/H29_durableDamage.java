// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.Damage;
import io.pagestrata.integration.support.DurablePages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged page of a durable store is told when it is to survive, and harms no other. */
class H29_durableDamage {
  private static final int PAGES = 200;
  private static final int VICTIM = 60;

  @TempDir private Path root;

  private SmallStore open() {
    return SmallStore.options().durable().promotion(Promotion.NEVER).open(root.resolve("tier"));
  }

  @Test
  void aPageDamagedInRamFailsTheSyncAlone() throws IOException {
    try (SmallStore small = open()) {
      DurablePages pages = new DurablePages(small, PAGES);
      pages.changeFrom(0);
      Damage damage = new Damage(small, small.directory());
      damage.flipInRam(damage.place(pages.pool(), 0, VICTIM), ZpageHeader.BYTES + 5, 4);
      assertThatThrownBy(pages::sync)
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("page " + VICTIM + " ")
          .hasMessageContaining("tier ram");
      assertThatThrownBy(() -> pages.get(VICTIM)).isInstanceOf(CorruptPageException.class);
      pages.put(VICTIM);
      pages.sync();
      pages.assertReadable();
      pages.assertSurvives(root.resolve("copy"));
    }
  }

  // Forbidden: no sync of any page ever succeeds again; and after one did, an older content of the
  // page comes back with the next start.
  @Test
  void aPageDamagedInRamIsToldOnceAndIsDamagedAfterAStartToo() throws IOException {
    try (SmallStore small = open()) {
      DurablePages pages = new DurablePages(small, PAGES);
      pages.changeFrom(0);
      pages.sync();
      pages.put(VICTIM);
      Damage damage = new Damage(small, small.directory());
      damage.flipInRam(damage.place(pages.pool(), 0, VICTIM), ZpageHeader.BYTES + 5, 4);
      assertThatThrownBy(pages::sync).isInstanceOf(CorruptPageException.class);
      pages.assertSurvives(root.resolve("told"));
      pages.changeFrom(VICTIM + 1);
      pages.sync();
      assertThatThrownBy(() -> pages.get(VICTIM)).isInstanceOf(CorruptPageException.class);
      assertThatThrownBy(() -> pages.assertSurvives(root.resolve("lost")))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("page " + VICTIM + " ");
      pages.put(VICTIM);
      pages.sync();
      pages.assertReadable();
      pages.assertSurvives(root.resolve("put"));
    }
  }

  // Forbidden: the damaged zpage gets into a segment, where it is taken for the end of the records
  // (an older content comes back), for the newest of all, or for one of a generation that no
  // removal reaches.
  @ParameterizedTest
  @CsvSource({
    "37, 4, true", "37, 4, false", "1, 4, false", "4, 1, true", "6, 4, false",
    "8, 1, true", "13, 4, false", "15, 64, true", "15, 64, false", "15, 128, true"
  })
  void aPageDamagedInRamIsNotWrittenBack(int offset, int bits, boolean clear)
      throws IOException, InterruptedException {
    SmallStore.Options options = SmallStore.options().durable().promotion(Promotion.NEVER);
    try (SmallStore small = (clear ? options.inTheClear() : options).open(root.resolve("tier"))) {
      DurablePages pages = new DurablePages(small, PAGES);
      pages.changeFrom(0);
      pages.sync();
      pages.changeFrom(0);
      Damage damage = new Damage(small, small.directory());
      damage.flipInRam(damage.place(pages.pool(), 0, VICTIM), offset, bits);
      writeBackEverything(small);
      writeBackEverything(small);
      assertThat(damage.place(pages.pool(), 0, VICTIM).tier()).as("tier of the page").isZero();
      assertThat(damage.place(pages.pool(), 0, VICTIM - 2).tier()).as("of another").isOne();
      assertThat(small.store().stats().writeback().damagedPages()).as("told once").isOne();
      assertThatThrownBy(pages::sync)
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("page " + VICTIM + " ")
          .hasMessageContaining("tier ram");
      pages.assertSurvives(root.resolve("told"));
      pages.sync();
      assertThatThrownBy(() -> pages.assertSurvives(root.resolve("lost")))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("page " + VICTIM + " ");
      pages.changeFrom(VICTIM);
      writeBackEverything(small);
      pages.sync();
      pages.assertReadable();
      pages.assertSurvives(root.resolve("put"));
    }
    try (SmallStore again = open()) {
      assertThat(again.store().stats().generation()).isLessThan(100 * PAGES);
    }
  }

  @Test
  void aTierFullOfDamagedPagesLetsTheOthersGoAndTellsEachOnce()
      throws IOException, InterruptedException {
    try (SmallStore small = open()) {
      DurablePages pages = new DurablePages(small, PAGES);
      pages.changeFrom(0);
      Damage damage = new Damage(small, small.directory());
      int damaged = 0;
      for (int i = 0; i < PAGES; i++) {
        if (i % 5 < 3) {
          damage.flipInRam(damage.place(pages.pool(), 0, i), ZpageHeader.BYTES + 5, 4);
          damaged++;
        }
      }
      writeBackEverything(small);
      writeBackEverything(small);
      for (int i = 0; i < PAGES; i++) {
        if (i % 5 < 4) {
          assertThat(damage.place(pages.pool(), 0, i).tier())
              .as("tier of page %d", i)
              .isEqualTo(i % 5 < 3 ? 0 : 1);
        }
      }
      assertThat(small.store().stats().writeback().damagedPages()).isEqualTo(damaged);
      pages.changeFrom(0);
      pages.sync();
      pages.assertSurvives(root.resolve("copy"));
    }
  }

  /** The records of ephemeral pages lie between those that must be found again. */
  @Test
  void aDamagedEphemeralPageIsDroppedRatherThanWritten() throws IOException, InterruptedException {
    SmallStore.Options options =
        SmallStore.options()
            .durable()
            .promotion(Promotion.NEVER)
            .policies(
                new StorePolicies(EphemeralPages.WRITE_BACK, IncompressiblePages.KEEP, List.of()));
    try (SmallStore small = options.open(root.resolve("tier"))) {
      DurablePages pages = new DurablePages(small, PAGES);
      Pool cache = small.store().createPool("cache", PoolKind.EPHEMERAL);
      ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
      for (int i = 0; i < PAGES; i++) {
        VersionedPages.write(page, i, 1);
        small.store().put(cache, 0, i, page);
      }
      Damage damage = new Damage(small, small.directory());
      damage.flipInRam(damage.place(cache, 0, VICTIM), 15, 64);
      pages.changeFrom(0);
      writeBackEverything(small);
      assertThat(damage.place(cache, 0, VICTIM - 1).tier()).isOne();
      assertThat(small.store().get(cache, 0, VICTIM, page)).isFalse();
      assertThat(small.store().stats().policies().droppedLost()).isOne();
      small.check();
      pages.sync();
      pages.assertSurvives(root.resolve("copy"));
    }
    try (SmallStore again = open()) {
      assertThat(again.store().stats().generation()).isLessThan(100 * PAGES);
    }
  }

  private static void writeBackEverything(SmallStore small) throws InterruptedException {
    small.store().writeBack(WritebackRequest.everything());
  }

  /** The page was synced and lives in a segment and in RAM; the copy in RAM is damaged. */
  @ParameterizedTest
  @ValueSource(ints = {1, 6, 20, ZpageHeader.BYTES + 5})
  void damageInRamOfAPageThatIsOnDiskDoesNotReachTheDisk(int offset) throws IOException {
    try (SmallStore small = open()) {
      DurablePages pages = new DurablePages(small, PAGES);
      pages.changeFrom(0);
      pages.sync();
      Damage damage = new Damage(small, small.directory());
      damage.flipInRam(damage.place(pages.pool(), 0, VICTIM), offset, 4);
      assertThatThrownBy(() -> pages.get(VICTIM)).isInstanceOf(CorruptPageException.class);
      pages.changeFrom(VICTIM + 1);
      pages.sync();
      pages.assertSurvives(root.resolve("copy"));
      pages.put(VICTIM);
      pages.sync();
      pages.assertReadable();
    }
  }
}
