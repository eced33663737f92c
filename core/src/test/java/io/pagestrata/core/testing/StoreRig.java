// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.StoreState;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A store over heap tiers with everything that a test wants to reach; checked when closed. */
public final class StoreRig implements AutoCloseable {
  /** How a rig is made; each setter returns the builder. */
  public static final class Builder {
    private int tiers = 2;
    private int pageBytes = 4096;
    private int slots = 64;
    private long budgetBytes = 64L << 20;
    private boolean verifyRam = true;
    private Duration putWait = Duration.ZERO;
    private Duration closeWait = Duration.ofSeconds(30);
    private HeapTier.Kind topKind = HeapTier.Kind.REUSES_LOCATORS;
    private HeapTier.Kind middleKind;
    private HeapTier.Kind lowerKind = HeapTier.Kind.COPIES;
    private boolean lossy;
    private boolean anonymous;
    private HeapLog log;
    private StorePolicies policies = StorePolicies.DEFAULT;
    private String cacheTenant = TenantLimits.DEFAULT_NAME;
    private PromotionPolicy promotion = (distance, capacity, referenced) -> false;

    public Builder tiers(int value) {
      tiers = value;
      return this;
    }

    public Builder pageBytes(int value) {
      pageBytes = value;
      return this;
    }

    public Builder slots(int value) {
      slots = value;
      return this;
    }

    public Builder budgetBytes(long value) {
      budgetBytes = value;
      return this;
    }

    public Builder verifyRam(boolean value) {
      verifyRam = value;
      return this;
    }

    public Builder putWait(Duration value) {
      putWait = value;
      return this;
    }

    public Builder closeWait(Duration value) {
      closeWait = value;
      return this;
    }

    public Builder topKind(HeapTier.Kind value) {
      topKind = value;
      return this;
    }

    /** Kind of the tiers between first and last; without one they are like the first. */
    public Builder middleKind(HeapTier.Kind value) {
      middleKind = value;
      return this;
    }

    public Builder lowerKind(HeapTier.Kind value) {
      lowerKind = value;
      return this;
    }

    /** Puts a tier that may lose zpages between top and bottom. */
    public Builder lossyMiddle() {
      tiers = 3;
      lossy = true;
      return this;
    }

    public Builder promoteAlways() {
      promotion = (distance, capacity, referenced) -> true;
      return this;
    }

    public Builder promotion(PromotionPolicy value) {
      promotion = value;
      return this;
    }

    public Builder policies(StorePolicies value) {
      policies = value;
      return this;
    }

    /** Owner of the ephemeral pool. */
    public Builder cacheTenant(String value) {
      cacheTenant = value;
      return this;
    }

    /** Makes pages of one version the same page, whatever their key. */
    public Builder anonymousPages() {
      anonymous = true;
      return this;
    }

    /** Makes the store durable. */
    public Builder log(HeapLog value) {
      log = value;
      return this;
    }

    public StoreRig open() {
      return new StoreRig(this);
    }
  }

  public final int pageBytes;
  private final boolean anonymous;
  public final ManualClock clock = new ManualClock();
  public final MemoryBudget budget;
  public final List<HeapTier> tiers = new ArrayList<>();
  public final FakeCodecs.Fake none = FakeCodecs.none();
  public final FakeCodecs.Fake trimming = FakeCodecs.trimming(7);
  public final FakeCodecs.Fake otherTrimming = FakeCodecs.trimming(200);
  public final LossyTier lossy;
  public final PageStore store;
  public final StepWriteback writeback;
  public final Pool swap;
  public final Pool cache;

  private StoreRig(Builder from) {
    pageBytes = from.pageBytes;
    anonymous = from.anonymous;
    budget = new MemoryBudget(from.budgetBytes);
    for (int i = 0; i < from.tiers; i++) {
      boolean last = i > 0 && i == from.tiers - 1;
      boolean middle = i > 0 && !last && from.middleKind != null;
      HeapTier.Kind kind = last ? from.lowerKind : middle ? from.middleKind : from.topKind;
      tiers.add(new HeapTier("tier" + i, pageBytes, i == 0 ? from.slots : from.slots * 4, kind));
    }
    if (from.log != null) {
      bottom().surviveBy(from.log);
    }
    List<Tier> chain = new ArrayList<>(tiers);
    lossy = from.lossy ? new LossyTier(tiers.get(1)) : null;
    if (from.lossy) {
      chain.set(1, lossy);
    }
    StoreSettings settings =
        new StoreSettings(
            pageBytes, from.putWait, from.closeWait, from.verifyRam, clock, from.policies);
    AtomicReference<StepWriteback> made = new AtomicReference<>();
    store =
        new PageStore(
            settings,
            chain,
            budget,
            List.of(none, trimming, otherTrimming),
            trimming,
            from.promotion,
            hierarchy -> {
              made.set(new StepWriteback(hierarchy, from.slots * (pageBytes + 64)));
              return made.get();
            });
    writeback = made.get();
    swap = store.createPool("swap", PoolKind.PERSISTENT);
    cache = store.createPool(PoolSpec.of("cache", PoolKind.EPHEMERAL).ownedBy(from.cacheTenant));
  }

  public static Builder builder() {
    return new Builder();
  }

  public HeapTier bottom() {
    return tiers.get(tiers.size() - 1);
  }

  public HeapTier top() {
    return tiers.get(0);
  }

  public HeapTier below() {
    return tiers.get(1);
  }

  /** Lets the top tier refuse puts, and does something at each refusal. */
  public void refusePuts(Runnable whenRefused) {
    top().faults.refuse(StoreIntent.PUT);
    top().faults.onRefusal(whenRefused);
  }

  /** Puts a stamped page; true when it was stored. */
  public boolean put(Pool pool, long object, int index, long version) {
    byte[] page = anonymous ? page(version) : PageStamp.page(pageBytes, object, index, version);
    return store.put(pool, object, index, page, 0).isStored();
  }

  /** Version of the page read, or -1 when it is absent. */
  public long get(Pool pool, long object, int index) {
    byte[] page = new byte[pageBytes];
    return store.get(pool, object, index, page, 0) ? version(page, object, index) : -1;
  }

  /** Version of the page taken, or -1 when it was absent. */
  public long take(Pool pool, long object, int index) {
    byte[] page = new byte[pageBytes];
    return store.take(pool, object, index, page, 0) ? version(page, object, index) : -1;
  }

  /** The page of a version where pages are anonymous. */
  public byte[] page(long version) {
    return PageStamp.page(pageBytes, 0, 0, version);
  }

  private long version(byte[] page, long object, int index) {
    return anonymous ? PageStamp.version(page, 0, 0) : PageStamp.version(page, object, index);
  }

  /** Checks the whole store, which nothing else may use now; then closes it. */
  @Override
  public void close() {
    if (store.state() == StoreState.OPEN) {
      StoreOracle.check(this);
      store.close();
    }
    StoreOracle.checkTiers(this);
  }
}
