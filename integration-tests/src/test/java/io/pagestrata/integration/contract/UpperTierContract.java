// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.integration.support.ModelHost.Page;
import io.pagestrata.integration.support.ModelHost.Place;
import io.pagestrata.integration.support.Zpages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an {@link UpperTier} must do that takes single zpages, as the top of a chain has to. */
abstract class UpperTierContract extends RegionContract {
  private static final int MOST_PUTS = 100_000;

  @Override
  protected final int fillUp(Random random) {
    return fillByPuts();
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

  private int fillByPuts() {
    for (int i = 0; i < MOST_PUTS; i++) {
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
