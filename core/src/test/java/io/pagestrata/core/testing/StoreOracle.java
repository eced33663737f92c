// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageVisitor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at a whole store that is at rest: each page is in one place, each zpage in a tier is the
 * place or the backing copy of exactly one page, no shadow and no hold is left.
 */
public final class StoreOracle {
  private StoreOracle() {}

  public static void check(StoreRig rig) {
    List<List<Long>> named = new ArrayList<>();
    rig.tiers.forEach(tier -> named.add(new ArrayList<>()));
    Set<String> pages = new HashSet<>();
    TenantAccounts accounts = new TenantAccounts();
    rig.store.inspect(
        (pool, object, index, place) -> {
          String page = pool.name() + "/" + object + "/" + index;
          assertThat(pages.add(page)).as("page %s is in the table once", page).isTrue();
          assertThat(place.shadow()).as("shadow left on %s", page).isFalse();
          accounts.addPage(pool);
          if (place.tier() >= 0) {
            accounts.add(pool, rig.tiers.get(place.tier()), place.tier(), place.locator());
            named.get(place.tier()).add(place.locator());
          }
          if (place.backingTier() != PageVisitor.NONE) {
            assertThat(place.backingTier())
                .as("backing below %s", page)
                .isGreaterThan(place.tier());
            named.get(place.backingTier()).add(place.backingLocator());
            HeapTier below = rig.tiers.get(place.backingTier());
            accounts.add(pool, below, place.backingTier(), place.backingLocator());
          }
        });
    for (int i = 0; i < rig.tiers.size(); i++) {
      HeapTier tier = rig.tiers.get(i);
      assertThat(tier.liveLocators())
          .as("every zpage in %s belongs to exactly one page", tier.name())
          .containsExactlyInAnyOrderElementsOf(named.get(i));
    }
    assertThat(rig.store.stats().pages()).as("pages counted").isEqualTo(pages.size());
    accounts.check(rig.store.stats());
    checkTiers(rig);
  }

  /** What holds in a closed store as well. */
  public static void checkTiers(StoreRig rig) {
    checkNoViolation(rig);
    for (HeapTier tier : rig.tiers) {
      assertThat(tier.held()).as("holds left in %s", tier.name()).isZero();
    }
  }

  /** What holds at any time. */
  public static void checkNoViolation(StoreRig rig) {
    for (HeapTier tier : rig.tiers) {
      assertThat(tier.violation()).as("first violation in %s", tier.name()).isNull();
    }
  }
}
