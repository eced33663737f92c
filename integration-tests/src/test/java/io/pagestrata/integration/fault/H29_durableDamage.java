// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.Damage;
import io.pagestrata.integration.support.DurablePages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
