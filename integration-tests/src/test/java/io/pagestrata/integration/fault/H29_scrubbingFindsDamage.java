// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PageVisitor.Place;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.Damage;
import io.pagestrata.integration.support.DurablePages;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.ManualClock;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A record rots in a segment that nobody reads. Scrubbing finds it, tells it once, and has the page
 * written again where RAM still has it; where it has not, reads of that page fail as ever and no
 * other page is concerned.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H29_scrubbingFindsDamage {
  private static final int PAGES = 1500;
  private static final int VICTIM = 61;
  private static final long BYTES_PER_SECOND = 32 << 20;

  @TempDir private Path root;
  private final ManualClock clock = new ManualClock();

  private SmallStore open() {
    return SmallStore.options()
        .durable()
        .ramBytes(16 << 20)
        .promotion(Promotion.NEVER)
        .scrub(BYTES_PER_SECOND, clock)
        .open(root.resolve("tier"));
  }

  private ScrubStats scrubUntilPass(SmallStore small, long passes) throws IOException {
    Tier file = small.hierarchy().tier(1);
    while (file.scrubbing().passes() < passes) {
      clock.advance(Duration.ofMinutes(1));
      file.maintain();
    }
    return file.scrubbing();
  }

  @Test
  void aPageThatRamStillHasIsWrittenAgainAndSurvives() throws Exception {
    try (SmallStore small = open()) {
      DurablePages pages = new DurablePages(small, PAGES);
      pages.changeFrom(0);
      pages.sync();
      Damage damage = new Damage(small, small.directory());
      Place before = damage.place(pages.pool(), 0, VICTIM);
      assertThat(before.backingTier()).as("synced, and still in RAM").isOne();
      damage.flipInFile(
          new Place(1, before.backingLocator(), false, -1, -1, -1), ZpageHeader.BYTES + 9, 16);
      ScrubStats stats;
      try (LogLines log = new LogLines("io.pagestrata.tiers.file.Scrubber")) {
        stats = scrubUntilPass(small, 1);
        assertThat(log.next())
            .startsWith("ERROR segment-0000000")
            .contains("page " + VICTIM + " of object 0", "written again from its copy above");
      }
      assertThat(stats.damagedZpages()).isOne();
      assertThat(stats.rewrittenPages()).isOne();
      assertThat(stats.scrubbedBytes()).isPositive();
      // The upkeep that found it asks for a sync, so that what was promised holds again.
      small.hierarchy().tier(1).maintain();
      assertThat(damage.place(pages.pool(), 0, VICTIM).backingLocator())
          .isNotEqualTo(before.backingLocator());
      pages.assertReadable();
      pages.assertSurvives(root.resolve("copy"));
      assertThat(scrubUntilPass(small, 2).damagedZpages()).isOne();
      assertThat(small.check()).isEqualTo(PAGES * 4L / 5);
    }
  }

  @Test
  void theOnlyCopyIsToldOnceAndItsReadsFail() throws Exception {
    try (SmallStore small = open()) {
      DurablePages pages = new DurablePages(small, PAGES);
      pages.changeFrom(0);
      pages.sync();
      small.store().writeBack(WritebackRequest.everything());
      Damage damage = new Damage(small, small.directory());
      Place place = damage.place(pages.pool(), 0, VICTIM);
      assertThat(place.tier()).isOne();
      damage.flipInFile(place, 8, 1); // the generation: any header byte may rot
      assertThat(scrubUntilPass(small, 1)).isEqualTo(scrubbed(small, 1, 1));
      assertThat(scrubUntilPass(small, 2)).isEqualTo(scrubbed(small, 2, 1));
      assertThatThrownBy(() -> pages.get(VICTIM)).isInstanceOf(CorruptPageException.class);
      for (int i = 0; i < PAGES; i++) {
        if (i != VICTIM) {
          pages.get(i);
        }
      }
      pages.put(VICTIM);
      pages.assertReadable();
      assertThat(scrubUntilPass(small, 3)).isEqualTo(scrubbed(small, 3, 1));
      assertThat(small.store().stats().tiers().get(1).scrubbing()).isEqualTo(scrubbed(small, 3, 1));
    }
  }

  private static ScrubStats scrubbed(SmallStore small, long passes, long damaged) {
    long bytes = small.hierarchy().tier(1).scrubbing().scrubbedBytes();
    return new ScrubStats(bytes, passes, damaged, 0);
  }
}
