// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageVisitor;
import io.pagestrata.core.Pool;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.UpperTier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    Map<Integer, Long> sharers = new HashMap<>();
    Map<Integer, Long> references = new HashMap<>();
    PageVisitor visitor =
        new PageVisitor() {
          @Override
          public void visit(Pool pool, long object, int index, Place place) {
            String page = pool.name() + "/" + object + "/" + index;
            assertThat(pages.add(page)).as("page %s is in the table once", page).isTrue();
            accounts.addPage(pool);
            if (place.content() != NONE) {
              sharers.merge(place.content(), 1L, Long::sum);
            }
            nameCopies(rig, named, accounts, pool, page, place);
          }

          @Override
          public void visitSuperseded(Pool pool, long object, int index, int tier, long locator) {
            name(rig, named, accounts, pool, tier, locator);
          }

          @Override
          public void visitContent(Pool pool, int index, long count, Place place) {
            assertThat(references.put(index, count)).as("content %d again", index).isNull();
            nameCopies(rig, named, accounts, pool, "content " + index, place);
          }
        };
    rig.store.inspect(visitor);
    assertThat(references).as("references counted for each content").isEqualTo(sharers);
    checkSharing(rig.store.stats().policies().deduplication(), references);
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

  private static void checkSharing(DeduplicationStats stats, Map<Integer, Long> references) {
    assertThat(stats.contents()).as("contents counted").isEqualTo(references.size());
    assertThat(stats.sharedPages())
        .as("shared pages counted")
        .isEqualTo(references.values().stream().mapToLong(Long::longValue).sum());
    if (stats.sharedPages() == stats.contents()) {
      assertThat(stats.savedBytes()).as("bytes saved by contents with one page each").isZero();
    }
  }

  private static void nameCopies(
      StoreRig rig,
      List<List<Long>> named,
      TenantAccounts accounts,
      Pool pool,
      String page,
      PageVisitor.Place place) {
    assertThat(place.shadow()).as("shadow left on %s", page).isFalse();
    if (place.tier() >= 0) {
      name(rig, named, accounts, pool, place.tier(), place.locator());
    }
    if (place.backingTier() != PageVisitor.NONE) {
      assertThat(place.backingTier()).as("backing below %s", page).isGreaterThan(place.tier());
      if (!isLossy(rig, place.tier())) {
        name(rig, named, accounts, pool, place.backingTier(), place.backingLocator());
      }
    }
  }

  private static boolean isLossy(StoreRig rig, int tier) {
    return rig.lossy != null && tier == 1;
  }

  /** Notes a copy, and the mirror that belongs to it. */
  private static void name(
      StoreRig rig,
      List<List<Long>> named,
      TenantAccounts accounts,
      Pool pool,
      int tier,
      long locator) {
    if (!isLossy(rig, tier)) {
      accounts.add(pool, rig.tiers.get(tier), tier, locator);
      named.get(tier).add(locator);
      return;
    }
    accounts.add(pool, rig.lossy, tier, locator);
    named.get(tier).add(LossyTier.inner(locator));
    long mirror = rig.lossy.backing(locator);
    if (mirror != UpperTier.NO_BACKING) {
      name(rig, named, accounts, pool, Entry.backingTier(mirror), Entry.backingLocator(mirror));
    }
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
