// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.movement.ReclaimNeed;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.writeback.testing.FakePage.Place;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * A page table over two fake tiers, or over the upper one alone. It follows the rules of the port
 * and notes when its caller does not: each shadow sees exactly one commit or cancel.
 */
public final class FakeChain implements Hierarchy {
  public final FakeUpper upper;
  public final FakeLower lower = new FakeLower();
  private final boolean alone;
  private final Map<Long, FakePage> pages = new HashMap<>();
  private final Set<Long> inFlight = new HashSet<>();
  private int cancels;
  private int claimsByForce;
  private ReclaimAim aim = ReclaimAim.ANY;
  public volatile List<ReclaimNeed> needs = List.of();
  public volatile ReclaimNeed firstToGo;
  public volatile SyncStats syncs = SyncStats.ZERO;

  /** A tier between the two that may lose what it takes, or null. */
  public volatile RevocableTier between;

  /** Tenants whose pages are moved instead of taken, as those below their share are. */
  public final Set<String> spared = ConcurrentHashMap.newKeySet();

  public FakeChain(LongSupplier nanoClock, long limitBytes, boolean alone) {
    upper = new FakeUpper(nanoClock, limitBytes);
    upper.chain(this);
    this.alone = alone;
  }

  public synchronized FakePage put(long id) {
    FakePage page = new FakePage(id);
    FakePage old = pages.put(id, page);
    if (old != null) {
      remove(old);
    }
    upper.append(page);
    return page;
  }

  /** Puts pages {@code first} to {@code first + count - 1}. */
  public void putMany(long first, int count) {
    for (int i = 0; i < count; i++) {
      put(first + i);
    }
  }

  public synchronized void flush(long id) {
    remove(pages.get(id));
  }

  private void remove(FakePage page) {
    if (page.place == Place.ABOVE || page.place == Place.SHADOW) {
      upper.free(page.locator);
    }
    page.place = Place.GONE;
  }

  public synchronized FakePage page(long id) {
    return pages.get(id);
  }

  public synchronized long count(Place place) {
    return pages.values().stream().filter(page -> page.place == place).count();
  }

  public synchronized int cancels() {
    return cancels;
  }

  public synchronized int claimsByForce() {
    return claimsByForce;
  }

  synchronized boolean hasShadowIn(long region) {
    return inFlight.stream().anyMatch(locator -> locator / 1000 == region);
  }

  /** What must hold whenever nothing is in flight. */
  public synchronized void assertClean() {
    assertThat(upper.violations).isEmpty();
    assertThat(inFlight).as("zpages neither committed nor cancelled").isEmpty();
    assertThat(count(Place.SHADOW)).as("shadows left").isZero();
    assertThat(upper.hasShownRegion()).as("regions not settled").isFalse();
  }

  @Override
  public synchronized void aim(int tier, ReclaimAim next) {
    aim = next;
  }

  public synchronized ReclaimAim aim() {
    return aim;
  }

  @Override
  public List<ReclaimNeed> needs(int tier) {
    return needs;
  }

  @Override
  public ReclaimNeed firstToGo(int tier, long leaveBytes) {
    return firstToGo;
  }

  @Override
  public synchronized Claim claim(
      int tier,
      ByteBuffer memory,
      int offset,
      int bytes,
      long locator,
      long backing,
      boolean force) {
    FakePage page = pages.get(ZpageHeader.object(memory, offset));
    if (page.place != Place.ABOVE || page.locator != locator) {
      return Claim.DEAD;
    }
    if (page.brokenClaim) {
      throw new IllegalStateException("claim broke");
    }
    if (aim.tenant().isPresent() && !aim.tenant().get().equals(page.tenant)) {
      return Claim.STAYS;
    }
    claimsByForce += force ? 1 : 0;
    if (spared.contains(page.tenant)) {
      upper.free(locator);
      upper.append(page);
      return Claim.MOVED;
    }
    if ((page.referenced || page.alwaysReferenced) && !force) {
      page.referenced = false;
      upper.free(locator);
      upper.append(page);
      return Claim.SECOND_CHANCE;
    }
    if (page.backed || page.ephemeral) {
      upper.free(locator);
      page.place = page.backed ? Place.BELOW : Place.GONE;
      return page.backed ? Claim.EVICTED_CLEAN : Claim.DROPPED;
    }
    if (alone || !aim.mayWrite()) {
      return Claim.STAYS;
    }
    page.place = Place.SHADOW;
    inFlight.add(locator);
    return Claim.TAKEN;
  }

  @Override
  public synchronized Commit commit(int tier, ZpageBatch batch, int i) {
    FakePage page = pageOf(batch, i);
    if (page.brokenCommit) {
      throw new IllegalStateException("commit broke");
    }
    end(batch, i, "commit");
    if (page.place != Place.SHADOW || page.locator != batch.fromLocator(i)) {
      return Commit.LOST;
    }
    upper.free(page.locator);
    if (page.referenced || page.alwaysReferenced) {
      page.place = Place.ABOVE;
      page.backed = true;
      upper.append(page);
      return Commit.KEPT;
    }
    page.place = Place.BELOW;
    return Commit.DEMOTED;
  }

  @Override
  public synchronized void cancel(int tier, ZpageBatch batch, int i) {
    end(batch, i, "cancel");
    cancels++;
    FakePage page = pageOf(batch, i);
    if (page.place == Place.SHADOW && page.locator == batch.fromLocator(i)) {
      page.place = Place.ABOVE;
    }
  }

  private FakePage pageOf(ZpageBatch batch, int i) {
    return pages.get(ZpageHeader.object(batch.data(), batch.offset(i)));
  }

  private void end(ZpageBatch batch, int i, String how) {
    if (!inFlight.remove(batch.fromLocator(i))) {
      upper.violations.add(how + " of a zpage that is not in flight: " + batch.fromLocator(i));
    }
  }

  @Override
  public synchronized boolean isCold(int tier, ByteBuffer memory, int offset, long locator) {
    FakePage page = pages.get(ZpageHeader.object(memory, offset));
    return page.place == Place.ABOVE && page.locator == locator && !page.referenced;
  }

  @Override
  public synchronized boolean replace(
      int tier, ByteBuffer denser, int offset, int bytes, long from, long backing) {
    FakePage page = pages.get(ZpageHeader.object(denser, offset));
    if (page.place != Place.ABOVE || page.locator != from || page.referenced) {
      return false;
    }
    page.zpage.put(0, denser, offset, bytes);
    upper.free(from);
    upper.append(page);
    return true;
  }

  @Override
  public int tierCount() {
    return alone ? 1 : safeTierBelow(0) + 1;
  }

  @Override
  public Tier tier(int number) {
    return number == 0 ? upper : number < safeTierBelow(0) ? between : lower;
  }

  @Override
  public UpperTier upperTier(int number) {
    return upper;
  }

  @Override
  public int safeTierBelow(int tier) {
    return tier + (tier == 0 && between != null ? 2 : 1);
  }

  @Override
  public void keepAsMirrors(int tier, ZpageBatch batch) {
    assertThat(between).as("tier that keeps mirrors").isNotNull();
  }

  @Override
  public void settleForMirrors(ZpageBatch batch) {
    assertThat(between).as("tier that keeps mirrors").isNotNull();
  }

  @Override
  public int pageBytes() {
    return 4096;
  }

  @Override
  public SyncStats syncs() {
    return syncs;
  }
}
