// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.integration.support.ModelHost.Page;
import io.pagestrata.integration.support.ModelHost.Place;
import io.pagestrata.integration.support.Zpages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every {@link UpperTier} must do beside what every tier does. */
abstract class UpperTierContract extends TierContract<UpperTier> {
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

  @Test
  void anEmptyTierHasNothingToReclaim() {
    assertThat(tier.reclaim(LEAVE, Long.MAX_VALUE)).isEqualTo(UpperTier.NOTHING);
  }

  @Test
  void singleZpagesComeBackWithTheirBacking(Random random) throws IOException {
    Map<Page, Long> backings = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      long backing = random.nextBoolean() ? UpperTier.NO_BACKING : random.nextLong() >>> 1;
      assertThat(put(i, 40 + random.nextInt(4000), backing, StoreIntent.PUT)).isTrue();
      backings.put(new Page(0, i), backing);
    }
    assertEveryPageIsWhole();
    backings.forEach(
        (page, backing) -> assertThat(tier.backing(host.place(page).locator())).isEqualTo(backing));
  }

  // The deepest reserve belongs to reclaim: when puts are refused it still finds room, otherwise
  // making room would need room (hazards H16, H17).
  @Test
  void reclaimFindsRoomWhenPutsAreRefused() throws IOException {
    int refusedAt = fillByPuts();
    assertThat(put(refusedAt, 2000, UpperTier.NO_BACKING, StoreIntent.PROMOTION)).isFalse();
    assertThat(put(refusedAt, 2000, UpperTier.NO_BACKING, StoreIntent.RECLAIM)).isTrue();
    assertThat(host.pressures()).isPositive();
    assertThat(tier.usedBytes()).isLessThanOrEqualTo(tier.limitBytes());
    assertEveryPageIsWhole();
  }

  @Test
  void regionsComeOldestFirstAndOnceUntilSettled() {
    int stored = fillByPuts();
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
  void whatIsTakenFromARegionFreesMemoryOnceSettled() {
    fillByPuts();
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
  void theVisitorSeesWholeZpagesAndTheirBacking() {
    fillByPuts();
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

  private int fillByPuts() {
    for (int i = 0; i < MOST_STEPS; i++) {
      if (!put(i, 1000 + i % 1000, i % 3 == 0 ? i : UpperTier.NO_BACKING, StoreIntent.PUT)) {
        return i;
      }
    }
    throw new AssertionError("the tier has no limit");
  }

  private boolean put(int index, int payloadBytes, long backing, StoreIntent intent) {
    long generation = nextGeneration();
    ByteBuffer zpage = Zpages.make(0, index, generation, payloadBytes);
    long locator = tier.store(zpage, 0, zpage.capacity(), backing, intent);
    if (locator == UpperTier.NO_SPACE) {
      return false;
    }
    host.publish(new Page(0, index), new Place(generation, locator));
    return true;
  }
}
