// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.integration.support.ModelHost.Page;
import io.pagestrata.integration.support.ModelHost.Place;
import io.pagestrata.integration.support.Zpages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every {@link UpperTier} must do when it gives up its coldest zpages. */
abstract class RegionContract extends TierContract<UpperTier> {
  private static final int MOST_STEPS = 100_000;
  private static final ZpageVisitor LEAVE = (memory, offset, bytes, locator, backing) -> {};

  /** An upper tier cleans when it is asked to reclaim, until it has to show a region instead. */
  @Override
  protected void cleanAll() throws IOException {
    super.cleanAll();
    for (int i = 0; i < MOST_STEPS; i++) {
      long region = tier.reclaim(LEAVE, Long.MAX_VALUE);
      if (region >= 0) {
        tier.settle(region);
      }
      if (region != UpperTier.CLEANED) {
        return;
      }
    }
    throw new AssertionError("cleaning never ends");
  }

  /** Fills the tier to the brim and says how many pages went in. */
  protected int fillUp(Random random) throws IOException {
    return fill(0, random);
  }

  @Test
  void anEmptyTierHasNothingToReclaim() {
    assertThat(tier.reclaim(LEAVE, Long.MAX_VALUE)).isEqualTo(UpperTier.NOTHING);
  }

  @Test
  void regionsComeOldestFirstAndOnceUntilSettled(Random random) throws IOException {
    int stored = fillUp(random);
    Set<Integer> shown = new HashSet<>();
    List<Long> regions = new ArrayList<>();
    long region;
    while ((region = tier.reclaim(noting(shown), Long.MAX_VALUE)) != UpperTier.NOTHING) {
      assertThat(region).as("nothing is sparse, so nothing is cleaned").isNotNegative();
      assertThat(regions).as("regions not settled yet").doesNotContain(region);
      regions.add(region);
      if (regions.size() == 1) {
        double mean = shown.stream().mapToInt(Integer::intValue).average().orElseThrow();
        assertThat(mean).as("mean age rank of the first region").isLessThan(stored / 2.0);
      }
    }
    assertThat(shown.size()).as("zpages shown").isGreaterThan(stored / 2);

    regions.forEach(tier::settle);
    assertThat(tier.reclaim(LEAVE, Long.MAX_VALUE)).isIn(regions);
  }

  @Test
  void whatIsTakenFromARegionFreesMemoryOnceSettled(Random random) throws IOException {
    fillUp(random);
    long before = tier.usedBytes();
    List<Page> taken = new ArrayList<>();
    long region =
        tier.reclaim(
            (memory, offset, bytes, locator, backing) ->
                taken.add(
                    new Page(
                        ZpageHeader.object(memory, offset), ZpageHeader.index(memory, offset))),
            Long.MAX_VALUE);
    assertThat(region).isNotNegative();
    assertThat(taken).isNotEmpty();
    taken.forEach(page -> assertThat(host.remove(page)).isTrue());
    tier.settle(region);
    assertThat(tier.usedBytes()).isLessThan(before);
  }

  @Test
  void theVisitorSeesWholeZpagesAndTheirBacking(Random random) throws IOException {
    fillUp(random);
    List<String> wrong = new ArrayList<>();
    int[] seen = new int[1];
    tier.reclaim(
        (memory, offset, bytes, locator, backing) -> {
          Page page =
              new Page(ZpageHeader.object(memory, offset), ZpageHeader.index(memory, offset));
          Place place = host.place(page);
          seen[0]++;
          if (place.locator() != locator
              || backing != tier.backing(locator)
              || bytes != ZpageHeader.zpageBytes(memory, offset)
              || !Zpages.isWhole(memory, offset, bytes, 0, page.index(), place.generation())) {
            wrong.add(page + " at " + locator);
          }
        },
        Long.MAX_VALUE);
    assertThat(seen[0]).isPositive();
    assertThat(wrong).isEmpty();
  }

  private static ZpageVisitor noting(Set<Integer> shown) {
    return (memory, offset, bytes, locator, backing) ->
        shown.add(ZpageHeader.index(memory, offset));
  }
}
