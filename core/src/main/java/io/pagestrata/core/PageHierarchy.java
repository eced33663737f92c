// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.movement.DropStats;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.movement.ReclaimNeed;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The chain of tiers and every change of an entry that moves a page between them.
 *
 * <p>Each method reads the word, decides, and tries one compare-and-set; a lost race means another
 * look. Whoever replaces a word owns the place it named and {@linkplain #release frees} it.
 */
final class PageHierarchy implements Hierarchy {
  private final List<Tier> tiers;
  private final Mirrors mirrors;
  private final UpperTier top;
  private final Pools pools;
  private final int pageBytes;
  private final Promotions promotions;
  private final Tenants tenants;
  private final Contents contents;
  private final ClaimRules rules;
  private final Claims claims;
  private final Commits commits;
  private final boolean incompressibleFirst;
  private final Drops drops = new Drops();
  private final EvictionClock clock;
  private final LiveCheck live = new LiveCheck(this);
  private final LowestWrites writes;
  private final boolean[] inMemory;
  private final Superseded superseded;
  private final SyncCounters syncCounters;

  PageHierarchy(
      List<Tier> tiers,
      Pools pools,
      StoreSettings settings,
      PromotionPolicy promotion,
      Tenants tenants,
      Contents contents,
      MemoryBudget budget) {
    this.tiers = List.copyOf(tiers);
    this.mirrors = new Mirrors(this.tiers);
    this.writes = new LowestWrites(mirrors, tiers.size() - 1);
    this.top = (UpperTier) tiers.get(0);
    this.pools = pools;
    this.tenants = tenants;
    this.contents = contents;
    pageBytes = settings.pageBytes();
    syncCounters = new SyncCounters(settings.nanoClock());
    StorePolicies policies = settings.policies();
    rules = new ClaimRules(tenants, policies, tiers, mirrors, pageBytes, pools);
    claims = new Claims(this, rules, pools.survive());
    commits = new Commits(this, rules);
    incompressibleFirst = policies.incompressible() == IncompressiblePages.WRITE_BACK_FIRST;
    clock = new EvictionClock(() -> memoryBytesAbove(tiers.size()));
    promotions = new Promotions(this, promotion, clock);
    superseded = new Superseded(this, budget);
    inMemory = new boolean[tiers.size()];
    for (int i = 0; i < inMemory.length; i++) {
      inMemory[i] = tiers.get(i).scratchBytes() == 0;
    }
  }

  @Override
  public int tierCount() {
    return tiers.size();
  }

  @Override
  public Tier tier(int number) {
    return tiers.get(number);
  }

  @Override
  public UpperTier upperTier(int number) {
    return (UpperTier) tiers.get(number);
  }

  @Override
  public int pageBytes() {
    return pageBytes;
  }

  @Override
  public int safeTierBelow(int tier) {
    return mirrors.safeTierBelow(tier);
  }

  Mirrors mirrors() {
    return mirrors;
  }

  Promotions promotions() {
    return promotions;
  }

  Contents contents() {
    return contents;
  }

  /** Frees what pages were. */
  Superseded superseded() {
    return superseded;
  }

  UpperTier top() {
    return top;
  }

  /** Whether a tier shows its own memory, so that reading from it waits for no medium. */
  boolean isMemory(int tier) {
    return inMemory[tier];
  }

  Drops drops() {
    return drops;
  }

  /** Answers cleaning. */
  LiveCheck live() {
    return live;
  }

  /** The pool of a zpage, or null when it was destroyed. */
  Pool poolOf(ByteBuffer memory, int offset) {
    return pools.find(ZpageHeader.pool(memory, offset));
  }

  /** The leaf of the page that a zpage belongs to, or null when it cannot be alive. */
  static Leaf leafOf(Pool pool, ByteBuffer memory, int offset) {
    return pool == null
        ? null
        : pool.table().find(ZpageHeader.object(memory, offset), ZpageHeader.index(memory, offset));
  }

  /**
   * Frees what a word named that nobody needs any more, in every tier, and takes it off the owner's
   * account; what superseded it is on the medium, or need not be.
   */
  void release(Tenant owner, long word) {
    int tier = Entry.tier(word);
    if (tier < 0) {
      if (Entry.isShared(word)) {
        contents.drop(this, Entry.content(word));
      } else if (Entry.isRecord(word)) {
        superseded.free(owner, word);
      }
      return;
    }
    long locator = Entry.locator(word);
    if ((word & Entry.BACKED) != 0) {
      // Before the zpage itself is freed, since the trailer goes with it.
      freeBacking(owner, upperTier(tier).backing(locator));
    }
    free(owner, tier, locator);
  }

  /** Frees a backing copy, and its mirror before it. */
  private void freeBacking(Tenant owner, long backing) {
    if (backing != UpperTier.NO_BACKING) {
      freeBacking(owner, mirrors.mirrorOf(backing));
      free(owner, Entry.backingTier(backing), Entry.backingLocator(backing));
    }
  }

  /**
   * Makes the mirror of a page in a revocable tier the page itself and frees the copy there.
   *
   * @return false when the entry is another word by now
   */
  boolean fallBackToMirror(Tenant owner, Leaf leaf, int slot, long word) {
    boolean won = mirrors.fallBack(leaf, slot, word);
    if (won) {
      free(owner, Entry.tier(word), Entry.locator(word));
    }
    return won;
  }

  /** Frees a place that the page table named until now. */
  void free(Tenant owner, int tier, long locator) {
    long bytes = tiers.get(tier).heldBytes(locator);
    tiers.get(tier).free(locator);
    // Only then: whoever waits for the account to fall finds the room as well.
    owner.remove(tier, bytes);
  }

  /** Frees a record that the medium must show until the next sync has ended. */
  void freeAfterSync(Tenant owner, long locator) {
    long bytes = lowest().heldBytes(locator);
    lowest().freeAfterSync(locator);
    owner.remove(tiers.size() - 1, bytes);
  }

  @Override
  public void aim(int tier, ReclaimAim aim) {
    rules.aim(tier, aim);
  }

  @Override
  public long reclaim(int tier, ZpageVisitor visitor, long untouchedSinceNanos) {
    return rules.reclaim(tier, upperTier(tier), visitor, untouchedSinceNanos);
  }

  @Override
  public List<ReclaimNeed> needs(int tier) {
    return tenants.needs(tier);
  }

  /** A pass over the whole tier pays when it finds half of what must leave, at least. */
  @Override
  public ReclaimNeed firstToGo(int tier, long leaveBytes) {
    if (!incompressibleFirst || tier > 0) {
      return null;
    }
    long held = tenants.incompressibleBytes();
    return held < leaveBytes / 2
        ? null
        : new ReclaimNeed(ReclaimAim.INCOMPRESSIBLE, leaveBytes, held);
  }

  @Override
  public List<TenantStats> tenants() {
    return tenants.stats(tiers.size());
  }

  @Override
  public DeduplicationStats deduplication() {
    return contents.stats();
  }

  @Override
  public Claim claim(
      int tier,
      ByteBuffer memory,
      int offset,
      int bytes,
      long locator,
      long backing,
      boolean force) {
    return claims.claim(tier, memory, offset, bytes, locator, backing, force);
  }

  EvictionClock clock() {
    return clock;
  }

  @Override
  public SyncStats syncs() {
    return syncCounters.stats();
  }

  @Override
  public long takeLongestSyncNanos() {
    return syncCounters.takeLongestNanos();
  }

  SyncCounters syncCounters() {
    return syncCounters;
  }

  LowestWrites writes() {
    return writes;
  }

  /** Frees the place of a zpage that left a tier downwards. */
  void left(Tenant owner, int tier, int bytes, long locator) {
    if (tier == 0) {
      clock.evicted(bytes);
    }
    free(owner, tier, locator);
  }

  @Override
  public void keepAsMirrors(int tier, ZpageBatch batch) {
    Mirrors.keepAsMirrors(tier, batch);
  }

  @Override
  public void settleForMirrors(ZpageBatch batch) {
    Mirrors.settleForMirrors(batch);
  }

  @Override
  public Commit commit(int tier, ZpageBatch batch, int i) {
    return commits.commit(tier, batch, i);
  }

  @Override
  public void cancel(int tier, ZpageBatch batch, int i) {
    commits.cancel(tier, batch, i);
  }

  @Override
  public boolean isCold(int tier, ByteBuffer memory, int offset, long locator) {
    return live.isCold(tier, memory, offset, locator);
  }

  @Override
  public boolean replace(
      int tier, ByteBuffer denser, int offset, int bytes, long from, long backing) {
    return live.replace(tier, denser, offset, bytes, from, backing);
  }

  @Override
  public DropStats dropped() {
    return drops.stats();
  }

  @Override
  public void tidy() {
    pools.tidy();
  }

  /** The word of a page that was left to a lower tier just now. */
  long below(int tier, long locator) {
    return Entry.inTier(tier, clock.now(), locator);
  }

  /** Whether a pool holds what pages of others share. */
  boolean isContents(int pool) {
    Pool found = pools.find(pool);
    return found != null && found.isContents();
  }

  /** Owner of a pool that exists or existed. */
  Tenant ownerOf(int pool) {
    return pools.ownerOf(pool);
  }

  /** The bottom of the chain. */
  Tier lowest() {
    return tiers.get(tiers.size() - 1);
  }

  /**
   * Drops an ephemeral page whose bytes are damaged.
   *
   * @param generation a new one
   * @return false when it changed meanwhile
   */
  boolean dropLost(Pool pool, Leaf leaf, int slot, long word, long generation) {
    long now = leaf.get(slot);
    if (Entry.place(now) != Entry.place(word)
        || !leaf.compareAndSet(slot, now, Entry.absent(generation))) {
      return false;
    }
    drops.count(Drops.Reason.LOST, 1);
    pool.tenant().pages.decrement();
    release(pool.tenant(), now);
    return true;
  }

  /** What a page must compete for to stay above a tier: the RAM tiers there, together. */
  long memoryBytesAbove(int tier) {
    long bytes = 0;
    for (int i = 0; i < tier && isMemory(i); i++) {
      bytes += upperTier(i).limitBytes();
    }
    return bytes;
  }
}
