// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.movement.ReclaimNeed;
import io.pagestrata.core.stats.TenantStats;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The chain of tiers and every change of an entry that moves a page between them.
 *
 * <p>Each method reads the word, decides, and tries one compare-and-set; a lost race means another
 * look. Whoever replaces a word owns the place it named and {@linkplain #release frees} it.
 */
final class PageHierarchy implements Hierarchy {
  /** Steps of the eviction clock while the top tier is evicted once. */
  private static final int CLOCK_STEPS = 64;

  /** What became of a backing copy: unknown, the entry changed meanwhile. */
  private static final int LOOK_AGAIN = 0;

  /** The zpage above is backed by another copy. */
  private static final int OTHER_BACKING = 1;

  /** Given up by this very call, which must free it. */
  private static final int BACKING_DROPPED = 2;

  private final List<Tier> tiers;
  private final UpperTier top;
  private final Pools pools;
  private final int pageBytes;
  private final PromotionPolicy promotion;
  private final Tenants tenants;
  private final ClaimRules rules;
  private final boolean incompressibleFirst;
  private final Drops drops = new Drops();
  private final AtomicLong evictedBytes = new AtomicLong();
  private volatile long clockStepBytes;

  PageHierarchy(
      List<Tier> tiers,
      Pools pools,
      int pageBytes,
      PromotionPolicy promotion,
      StorePolicies policies,
      Tenants tenants) {
    this.tiers = List.copyOf(tiers);
    this.top = (UpperTier) tiers.get(0);
    this.pools = pools;
    this.pageBytes = pageBytes;
    this.promotion = promotion;
    this.tenants = tenants;
    rules = new ClaimRules(tenants, policies, tiers, pageBytes);
    incompressibleFirst = policies.incompressible() == IncompressiblePages.WRITE_BACK_FIRST;
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

  UpperTier top() {
    return top;
  }

  Drops drops() {
    return drops;
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

  /** Frees what a replaced word named, in every tier, and takes it off the owner's account. */
  void release(Tenant owner, long word) {
    int tier = Entry.tier(word);
    if (tier < 0) {
      return;
    }
    long locator = Entry.locator(word);
    if ((word & Entry.BACKED) != 0) {
      // Before the zpage itself is freed, since the trailer goes with it.
      long backing = upperTier(tier).backing(locator);
      free(owner, Entry.backingTier(backing), Entry.backingLocator(backing));
    }
    free(owner, tier, locator);
  }

  /** Frees a place that the page table named until now. */
  private void free(Tenant owner, int tier, long locator) {
    long bytes = tiers.get(tier).heldBytes(locator);
    tiers.get(tier).free(locator);
    // Only then: whoever waits for the account to fall finds the room as well.
    owner.remove(tier, bytes);
  }

  @Override
  public void aim(int tier, ReclaimAim aim) {
    rules.aim(tier, aim);
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
  public Claim claim(
      int tier,
      ByteBuffer memory,
      int offset,
      int bytes,
      long locator,
      long backing,
      boolean force) {
    Pool pool = poolOf(memory, offset);
    Leaf leaf = leafOf(pool, memory, offset);
    if (leaf == null) {
      return Claim.DEAD;
    }
    Tenant owner = pool.tenant();
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    boolean mayWrite = true;
    while (true) {
      long word = leaf.get(slot);
      if (!Entry.isAt(word, tier, locator)) {
        // Copies that only back pages above would otherwise fill a middle tier for ever.
        if (tier > 0 && isLive(tier, memory, offset, locator)) {
          continue;
        }
        return Claim.DEAD;
      }
      if ((word & Entry.SHADOW) != 0) {
        return Claim.DEAD;
      }
      if (!rules.selects(tier, owner, bytes)) {
        return Claim.STAYS;
      }
      boolean backed = (word & Entry.BACKED) != 0;
      boolean chance = (word & Entry.REFERENCED) != 0 && !force;
      boolean moves = rules.spares(tier, owner) || !mayWrite;
      if (chance || moves) {
        long trailer = backed ? backing : UpperTier.NO_BACKING;
        long moved = upperTier(tier).store(memory, offset, bytes, trailer, StoreIntent.RECLAIM);
        if (moved != UpperTier.NO_SPACE) {
          long movedBytes = upperTier(tier).heldBytes(moved);
          if (leaf.compareAndSet(slot, word, Entry.movedTo(word, moved) & ~Entry.REFERENCED)) {
            owner.add(tier, movedBytes);
            free(owner, tier, locator);
            return moves ? Claim.MOVED : Claim.SECOND_CHANCE;
          }
          tiers.get(tier).free(moved);
          continue;
        }
      }
      if (backed) {
        long below =
            Entry.inTier(
                Entry.backingTier(backing), evictionClock(), Entry.backingLocator(backing));
        if (leaf.compareAndSet(slot, word, below)) {
          left(owner, tier, bytes, locator);
          return Claim.EVICTED_CLEAN;
        }
        continue;
      }
      boolean ephemeral = pool.kind() == PoolKind.EPHEMERAL;
      if (!ephemeral && tier == tiers.size() - 1) {
        return Claim.DEAD;
      }
      if (ephemeral && rules.dropsEphemeral() || !rules.tryWrite(tier, owner, bytes)) {
        if (ephemeral) {
          if (leaf.compareAndSet(slot, word, Entry.evicted(evictionClock()))) {
            drops.count(Drops.Reason.SPACE, 1);
            owner.pages.decrement();
            left(owner, tier, bytes, locator);
            return Claim.DROPPED;
          }
        } else if (force || !mayWrite || !rules.mayWrite(tier)) {
          return Claim.STAYS;
        } else {
          // Moved like a hot one, so that its region comes free.
          mayWrite = false;
        }
      } else if (leaf.compareAndSet(slot, word, (word & ~Entry.REFERENCED) | Entry.SHADOW)) {
        // From here on the flag tells of reads during the write; older ones had their chance.
        return Claim.TAKEN;
      } else {
        rules.notWritten(tier, owner, bytes);
      }
    }
  }

  private void left(Tenant owner, int tier, int bytes, long locator) {
    if (tier == 0) {
      evictedBytes.addAndGet(bytes);
    }
    free(owner, tier, locator);
  }

  @Override
  public Commit commit(int tier, ZpageBatch batch, int i) {
    ByteBuffer data = batch.data();
    int offset = batch.offset(i);
    long from = batch.fromLocator(i);
    long to = batch.toLocator(i);
    int bytes = ZpageHeader.zpageBytes(data, offset);
    int slot = Leaf.slot(ZpageHeader.index(data, offset));
    Pool pool = poolOf(data, offset);
    Leaf leaf = leafOf(pool, data, offset);
    long belowBytes = tiers.get(tier + 1).heldBytes(to);
    while (leaf != null) {
      long word = leaf.get(slot);
      if (!isShadowOf(word, tier, from, data, offset)) {
        break;
      }
      if ((word & Entry.REFERENCED) != 0) {
        long trailer = Entry.backing(tier + 1, to);
        long kept = upperTier(tier).store(data, offset, bytes, trailer, StoreIntent.RECLAIM);
        if (kept != UpperTier.NO_SPACE) {
          long keptBytes = upperTier(tier).heldBytes(kept);
          long stays = Entry.movedTo(Entry.place(word), kept) | Entry.BACKED;
          if (leaf.compareAndSet(slot, word, stays)) {
            pool.tenant().add(tier, keptBytes);
            pool.tenant().add(tier + 1, belowBytes);
            free(pool.tenant(), tier, from);
            return Commit.KEPT;
          }
          tiers.get(tier).free(kept);
          continue;
        }
      }
      if (leaf.compareAndSet(slot, word, Entry.inTier(tier + 1, evictionClock(), to))) {
        pool.tenant().add(tier + 1, belowBytes);
        left(pool.tenant(), tier, bytes, from);
        return Commit.DEMOTED;
      }
    }
    tiers.get(tier + 1).free(to);
    return Commit.LOST;
  }

  @Override
  public void cancel(int tier, ZpageBatch batch, int i) {
    ByteBuffer data = batch.data();
    int offset = batch.offset(i);
    int slot = Leaf.slot(ZpageHeader.index(data, offset));
    Leaf leaf = leafOf(poolOf(data, offset), data, offset);
    rules.notWritten(
        tier, pools.ownerOf(ZpageHeader.pool(data, offset)), ZpageHeader.zpageBytes(data, offset));
    while (leaf != null) {
      long word = leaf.get(slot);
      if (!isShadowOf(word, tier, batch.fromLocator(i), data, offset)
          || leaf.compareAndSet(slot, word, word & ~Entry.SHADOW)) {
        return;
      }
    }
  }

  /** The same shadow of the same put: the place cannot be reused before its region is settled. */
  private static boolean isShadowOf(long word, int tier, long from, ByteBuffer data, int offset) {
    return Entry.isAt(word, tier, from)
        && (word & Entry.SHADOW) != 0
        && (tier > 0
            || Entry.stamp(word) == (ZpageHeader.generation(data, offset) & Entry.STAMPS - 1));
  }

  /**
   * Brings a page up whose zpage was just read and checked; a copy below stays as its backing.
   *
   * @return true when the entry names the copy in the top tier now
   */
  boolean promote(
      Tenant owner, Leaf leaf, int slot, long word, ByteBuffer memory, int offset, int bytes) {
    long distance = (evictionClock() - Entry.stamp(word) & Entry.STAMPS - 1) * clockStepBytes();
    boolean referenced = (word & Entry.REFERENCED) != 0;
    return promotion.promote(distance, top.limitBytes(), referenced)
        && bringUp(owner, leaf, slot, word, memory, offset, bytes);
  }

  /** As {@link #promote}, whatever the policy says; only a limit or want of room prevents it. */
  boolean bringUp(
      Tenant owner, Leaf leaf, int slot, long word, ByteBuffer memory, int offset, int bytes) {
    if (!owner.admits(bytes, bytes)) {
      return false;
    }
    int tier = Entry.tier(word);
    long locator = Entry.locator(word);
    boolean backed = (word & Entry.BACKED) != 0;
    // A page that is backed already keeps its lowest copy; an entry can name only one.
    long trailer = backed ? upperTier(tier).backing(locator) : Entry.backing(tier, locator);
    long up = top.store(memory, offset, bytes, trailer, StoreIntent.PROMOTION);
    if (up == UpperTier.NO_SPACE) {
      return false;
    }
    long upBytes = top.heldBytes(up);
    long generation = ZpageHeader.generation(memory, offset);
    if (!leaf.compareAndSet(slot, word, Entry.inTier(0, generation, up) | Entry.BACKED)) {
      top.free(up);
      return false;
    }
    owner.add(0, upBytes);
    if (backed) {
      free(owner, tier, locator);
    }
    return true;
  }

  /**
   * Whether the page table names the zpage at a place. A backing copy there is given up: taken out
   * of the page table and freed.
   */
  boolean isLive(int tier, ByteBuffer memory, int offset, long locator) {
    Pool pool = poolOf(memory, offset);
    Leaf leaf = leafOf(pool, memory, offset);
    if (leaf == null) {
      return false;
    }
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    long backing = Entry.backing(tier, locator);
    while (true) {
      long word = leaf.get(slot);
      if (Entry.isAt(word, tier, locator)) {
        return true;
      }
      int upper = Entry.tier(word);
      if (upper < 0 || upper >= tier || (word & Entry.BACKED) == 0) {
        return false;
      }
      // An eviction or a promotion between two looks swaps the roles of the copies: look again.
      int dropped = dropIfBackedBy(leaf, slot, word, upper, backing);
      if (dropped == BACKING_DROPPED) {
        free(pool.tenant(), tier, locator);
      }
      if (dropped != LOOK_AGAIN) {
        return false;
      }
    }
  }

  /** Compares the trailer and clears the flag while the zpage above is held still. */
  private int dropIfBackedBy(Leaf leaf, int slot, long word, int upper, long backing) {
    long locator = Entry.locator(word);
    try {
      int result =
          tiers
              .get(upper)
              .read(
                  locator,
                  null,
                  (memory, offset, available) -> {
                    if (leaf.get(slot) != word) {
                      return LOOK_AGAIN;
                    }
                    if (upperTier(upper).backing(locator) != backing) {
                      return OTHER_BACKING;
                    }
                    return leaf.compareAndSet(slot, word, word & ~Entry.BACKED)
                        ? BACKING_DROPPED
                        : LOOK_AGAIN;
                  });
      return result == Tier.GONE ? LOOK_AGAIN : result;
    } catch (IOException e) {
      throw new UncheckedIOException("a tier above another must show its own memory", e);
    }
  }

  /**
   * Drops an ephemeral page whose bytes are damaged.
   *
   * @return false when it changed meanwhile
   */
  boolean dropLost(Pool pool, Leaf leaf, int slot, long word) {
    long now = leaf.get(slot);
    if (Entry.place(now) != Entry.place(word)
        || !leaf.compareAndSet(slot, now, Entry.evicted(evictionClock()))) {
      return false;
    }
    drops.count(Drops.Reason.LOST, 1);
    pool.tenant().pages.decrement();
    release(pool.tenant(), now);
    return true;
  }

  /** What a word says, for inspection. */
  PageVisitor.Place place(long word) {
    int tier = Entry.tier(word);
    boolean backed = (word & Entry.BACKED) != 0;
    long backing = backed ? upperTier(tier).backing(Entry.locator(word)) : UpperTier.NO_BACKING;
    return new PageVisitor.Place(
        tier,
        Entry.locator(word),
        (word & Entry.SHADOW) != 0,
        backed ? Entry.backingTier(backing) : PageVisitor.NONE,
        backed ? Entry.backingLocator(backing) : PageVisitor.NONE);
  }

  /**
   * Fixed when first asked: the limit moves with the page table, and stamps must stay comparable.
   */
  private long clockStepBytes() {
    long step = clockStepBytes;
    if (step == 0) {
      step = Math.max(1, top.limitBytes() / CLOCK_STEPS);
      clockStepBytes = step;
    }
    return step;
  }

  private long evictionClock() {
    return evictedBytes.get() / clockStepBytes();
  }
}
