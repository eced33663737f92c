// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.PageVisitor;
import io.pagestrata.core.Pool;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Walks a whole store that nobody uses and checks what must hold then: each page is in exactly one
 * place, its zpage is whole and its own, a backing copy is the same zpage, no place belongs to two
 * pages, no shadow is left, and what the tiers count is what the page table names: nothing leaks.
 */
public final class StoreOracle {
  /** A tier may count padding and trailer of a zpage with it. */
  private static final int TRAILER_BYTES = 8;

  /** A Chronicle Map holds the key beside a zpage, its length, and room to align it. */
  private static final int MAP_ENTRY_BYTES = 16;

  private static final int REFUSED = 1;
  private static final int FINE = 2;

  private final PageStore store;
  private final Hierarchy hierarchy;
  private final ByteBuffer scratch;
  private final CRC32C crc = new CRC32C();
  private final List<String> problems = new ArrayList<>();
  private final List<Set<Long>> locators = new ArrayList<>();
  private final long[] bytes;
  private final Map<Integer, Long> sharers = new HashMap<>();
  private final Map<Integer, Long> references = new HashMap<>();
  private long pages;

  private StoreOracle(PageStore store, Hierarchy hierarchy) {
    this.store = store;
    this.hierarchy = hierarchy;
    int scratchBytes = 0;
    for (int i = 0; i < hierarchy.tierCount(); i++) {
      locators.add(new HashSet<>());
      scratchBytes = Math.max(scratchBytes, hierarchy.tier(i).scratchBytes());
    }
    scratch = ByteBuffer.allocateDirect(scratchBytes + 4096).alignedSlice(4096);
    bytes = new long[hierarchy.tierCount()];
  }

  /**
   * Fails with every problem found.
   *
   * @return how many pages the store holds
   */
  public static long check(PageStore store, Hierarchy hierarchy) {
    StoreOracle oracle = new StoreOracle(store, hierarchy);
    oracle.walk();
    assertThat(oracle.problems).as("what is wrong with the store").isEmpty();
    return oracle.pages;
  }

  /**
   * Looks without failing, for stores in which something may still move.
   *
   * @return how many pages the store holds, or empty when something is wrong or moved
   */
  public static OptionalLong tryCheck(PageStore store, Hierarchy hierarchy) {
    StoreOracle oracle = new StoreOracle(store, hierarchy);
    oracle.walk();
    return oracle.problems.isEmpty() ? OptionalLong.of(oracle.pages) : OptionalLong.empty();
  }

  private void walk() {
    store.inspect(
        new PageVisitor() {
          @Override
          public void visit(Pool pool, long object, int index, Place place) {
            look(pool, object, index, place);
          }

          @Override
          public void visitSuperseded(Pool pool, long object, int index, int tier, long locator) {
            if (!locators.get(tier).add(locator)) {
              problems.add("the superseded record " + locator + " belongs to another page, too");
            }
            bytes[tier] += hierarchy.tier(tier).heldBytes(locator);
          }

          @Override
          public void visitContent(Pool pool, int index, long count, Place place) {
            references.merge(index, count, Long::sum);
            lookAtCopies("content " + index, pool, 0, index, place);
          }
        });
    StoreStats stats = store.stats();
    lookAtSharing(stats.policies().deduplication());
    for (int i = 0; i < hierarchy.tierCount(); i++) {
      TierStats tier = stats.tiers().get(i);
      expect("zpages of tier " + tier.name(), locators.get(i).size(), tier.zpages());
      expect("bytes of tenants in tier " + tier.name(), tenantBytes(stats, i), tier.zpageBytes());
      long slack = tier.zpages() * (hierarchy.pageBytes() / 64 + TRAILER_BYTES + MAP_ENTRY_BYTES);
      if (tier.zpageBytes() < bytes[i] || tier.zpageBytes() > bytes[i] + slack) {
        problems.add("the zpages of a tier have " + bytes[i] + " bytes, but it counts " + tier);
      }
      if (tier.usedBytes() > tier.limitBytes()) {
        problems.add("tier " + tier.name() + " is above its limit: " + tier);
      }
    }
    expect("pages", pages, stats.pages());
    expect(
        "pages of all tenants",
        pages,
        stats.policies().tenants().stream().mapToLong(TenantStats::pages).sum());
    expect("batches in flight", 0, stats.writeback().queueDepth());
    if (stats.budgetUsedBytes() > stats.budgetLimitBytes()) {
      problems.add("memory is above its limit: " + stats);
    }
  }

  private static long tenantBytes(StoreStats stats, int tier) {
    return stats.policies().tenants().stream().mapToLong(it -> it.bytesByTier().get(tier)).sum();
  }

  private void look(Pool pool, long object, int index, PageVisitor.Place place) {
    pages++;
    if (place.content() != PageVisitor.NONE) {
      sharers.merge(place.content(), 1L, Long::sum);
    }
    lookAtCopies(pool + " object " + object + " index " + index, pool, object, index, place);
  }

  /** No page without its content, no content without a page, and as many as are counted. */
  private void lookAtSharing(DeduplicationStats stats) {
    if (!references.equals(sharers)) {
      problems.add("contents count " + references + " pages, which are " + sharers);
    }
    expect("contents", references.size(), stats.contents());
    long shared = sharers.values().stream().mapToLong(Long::longValue).sum();
    expect("pages that share", shared, stats.sharedPages());
  }

  private void lookAtCopies(
      String page, Pool pool, long object, int index, PageVisitor.Place place) {
    if (place.shadow()) {
      problems.add(page + " is still being written back");
    }
    if (place.tier() < 0) {
      if (place.backingTier() != PageVisitor.NONE) {
        zpage(page, pool, object, index, place.backingTier(), place.backingLocator());
      }
      return;
    }
    long generation = zpage(page, pool, object, index, place.tier(), place.locator());
    if (place.backingTier() != PageVisitor.NONE) {
      long below = zpage(page, pool, object, index, place.backingTier(), place.backingLocator());
      expect("generation of the backing copy of " + page, generation, below);
      lookAtMirror(page, pool, object, index, place, generation);
    }
  }

  /** A backing copy in a revocable tier has a mirror of its own. */
  private void lookAtMirror(
      String page, Pool pool, long object, int index, PageVisitor.Place place, long generation) {
    int tier = place.backingTier();
    if (hierarchy.tier(tier) instanceof RevocableTier revocable) {
      long mirror = revocable.backing(place.backingLocator());
      if (mirror == UpperTier.NO_BACKING) {
        expect("mirrors of " + page, revocable.isMirrored() ? 1 : 0, 0);
        return;
      }
      long below =
          zpage(page, pool, object, index, Entry.backingTier(mirror), Entry.backingLocator(mirror));
      expect("generation of the mirror of " + page, generation, below);
    }
  }

  /** Checks one zpage and gives its generation, or -1 after a complaint. */
  private long zpage(String page, Pool pool, long object, int index, int number, long locator) {
    Tier tier = hierarchy.tier(number);
    if (!locators.get(number).add(locator)) {
      problems.add(page + " shares " + tier.describe(locator) + " with another");
    }
    long[] generation = {-1};
    int answer;
    try {
      answer =
          tier.read(
              locator,
              scratch,
              (memory, offset, available) -> {
                if (!ZpageHeader.verify(memory.duplicate(), offset, available, crc)
                    || !ZpageHeader.isFor(memory, offset, pool.id(), object, index)) {
                  return REFUSED;
                }
                generation[0] = ZpageHeader.generation(memory, offset);
                bytes[number] += ZpageHeader.zpageBytes(memory, offset);
                return FINE;
              });
    } catch (IOException e) {
      problems.add(page + " cannot be read: " + e.getMessage());
      return -1;
    }
    if (answer != FINE) {
      problems.add(
          page + " is not at " + tier.describe(locator) + (answer == REFUSED ? "" : ": gone"));
    }
    return generation[0];
  }

  private void expect(String what, long expected, long found) {
    if (expected != found) {
      problems.add(what + ": the page table says " + expected + ", counted " + found);
    }
  }
}
