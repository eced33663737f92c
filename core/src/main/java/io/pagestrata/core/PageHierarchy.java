// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
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
  /** Steps of the eviction clock while as much as RAM holds is evicted. */
  private static final int CLOCK_STEPS = 64;

  private final List<Tier> tiers;
  private final Mirrors mirrors;
  private final BackingCopies backingCopies;
  private final UpperTier top;
  private final Pools pools;
  private final int pageBytes;
  private final PromotionPolicy promotion;
  private final AtomicLong evictedBytes = new AtomicLong();
  private final AtomicLong droppedPages = new AtomicLong();
  private final AtomicLong writesBegun = new AtomicLong();
  private final AtomicLong writesEnded = new AtomicLong();
  private final boolean[] inMemory;
  private volatile long clockStepBytes;

  PageHierarchy(List<Tier> tiers, Pools pools, int pageBytes, PromotionPolicy promotion) {
    this.tiers = List.copyOf(tiers);
    this.mirrors = new Mirrors(this.tiers);
    this.backingCopies = new BackingCopies(this.tiers, mirrors);
    this.top = (UpperTier) tiers.get(0);
    this.pools = pools;
    this.pageBytes = pageBytes;
    this.promotion = promotion;
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

  UpperTier top() {
    return top;
  }

  /** Whether a tier shows its own memory, so that reading from it waits for no medium. */
  boolean isMemory(int tier) {
    return inMemory[tier];
  }

  long droppedPages() {
    return droppedPages.get();
  }

  /** The leaf of the page that a zpage belongs to, or null when it cannot be alive. */
  Leaf leafOf(ByteBuffer memory, int offset) {
    Pool pool = pools.find(ZpageHeader.pool(memory, offset));
    if (pool == null) {
      return null;
    }
    return pool.table().find(ZpageHeader.object(memory, offset), ZpageHeader.index(memory, offset));
  }

  /** Frees what a replaced word named, in every tier. */
  void release(long word) {
    int tier = Entry.tier(word);
    if (tier < 0) {
      return;
    }
    long locator = Entry.locator(word);
    if ((word & Entry.BACKED) != 0) {
      // Before the zpage itself is freed, since the trailer goes with it.
      mirrors.free(upperTier(tier).backing(locator));
    }
    tiers.get(tier).free(locator);
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
    Leaf leaf = leafOf(memory, offset);
    if (leaf == null) {
      return Claim.DEAD;
    }
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    while (true) {
      long word = leaf.get(slot);
      if (!Entry.isAt(word, tier, locator)) {
        // Copies that only back pages above would otherwise fill a middle tier for ever.
        if (tier > 0
            && isLive(tier, memory, offset, locator)
            && Entry.isAt(leaf.get(slot), tier, locator)) {
          continue;
        }
        return Claim.DEAD;
      }
      if ((word & Entry.SHADOW) != 0) {
        return Claim.DEAD;
      }
      boolean backed = (word & Entry.BACKED) != 0;
      if ((word & Entry.REFERENCED) != 0 && !force) {
        long trailer = backed ? backing : UpperTier.NO_BACKING;
        long moved = upperTier(tier).store(memory, offset, bytes, trailer, StoreIntent.RECLAIM);
        if (moved != UpperTier.NO_SPACE) {
          if (leaf.compareAndSet(slot, word, Entry.movedTo(word, moved) & ~Entry.REFERENCED)) {
            tiers.get(tier).free(locator);
            return Claim.SECOND_CHANCE;
          }
          tiers.get(tier).free(moved);
          continue;
        }
      }
      // What RAM further down can hold goes there with its backing, not straight to the medium.
      boolean sinks = !force && tier + 1 < tiers.size() && isMemory(tier + 1);
      if (backed && !sinks) {
        if (leaf.compareAndSet(slot, word, mirrors.entryAt(backing, evictionClock()))) {
          left(tier, bytes, locator);
          return Claim.EVICTED_CLEAN;
        }
      } else if (!sinks && isEphemeral(memory, offset)) {
        if (leaf.compareAndSet(slot, word, Entry.evicted(evictionClock()))) {
          droppedPages.incrementAndGet();
          left(tier, bytes, locator);
          return Claim.DROPPED;
        }
      } else if (tier == tiers.size() - 1) {
        return Claim.DEAD;
      } else if (take(tier, leaf, slot, word)) {
        // From here on the flag tells of reads during the write; older ones had their chance.
        return Claim.TAKEN;
      }
    }
  }

  private boolean take(int tier, Leaf leaf, int slot, long word) {
    // Both before the shadow is there: a removal that comes between must not miss them.
    leaf.noteRecord(slot);
    if (reachesLowest(tier)) {
      writesBegun.incrementAndGet();
    }
    if (leaf.compareAndSet(slot, word, (word & ~Entry.REFERENCED) | Entry.SHADOW)) {
      return true;
    }
    if (reachesLowest(tier)) {
      writesBegun.decrementAndGet();
    }
    return false;
  }

  /** Whether what leaves a tier goes to the lowest one, past a revocable tier or through it. */
  private boolean reachesLowest(int tier) {
    return mirrors.safeTierBelow(tier) == tiers.size() - 1;
  }

  private void writeEnded(int tier) {
    if (reachesLowest(tier)) {
      writesEnded.incrementAndGet();
    }
  }

  /** Zpages ever taken on their way into the lowest tier. */
  long writesBegun() {
    return writesBegun.get();
  }

  /** Those of them whose way has ended. */
  long writesEnded() {
    return writesEnded.get();
  }

  private boolean isEphemeral(ByteBuffer memory, int offset) {
    Pool pool = pools.find(ZpageHeader.pool(memory, offset));
    return pool != null && pool.kind() == PoolKind.EPHEMERAL;
  }

  private void left(int tier, int bytes, long locator) {
    if (tier == 0) {
      evictedBytes.addAndGet(bytes);
    }
    tiers.get(tier).free(locator);
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
    ByteBuffer data = batch.data();
    int offset = batch.offset(i);
    int below = tier + 1 + batch.tiersSkipped();
    long from = batch.fromLocator(i);
    long to = batch.toLocator(i);
    int bytes = ZpageHeader.zpageBytes(data, offset);
    int slot = Leaf.slot(ZpageHeader.index(data, offset));
    Leaf leaf = leafOf(data, offset);
    while (leaf != null) {
      long word = leaf.get(slot);
      if (!isShadowOf(word, tier, from, data, offset)) {
        break;
      }
      boolean backed = (word & Entry.BACKED) != 0;
      if ((word & Entry.REFERENCED) != 0 && (backed || isMemory(tier + 1))) {
        // Backed already, or by a copy that takes the room it is to save: it stays as it is.
        if (leaf.compareAndSet(slot, word, word & ~Entry.SHADOW)) {
          mirrors.free(below, to);
          writeEnded(tier);
          return Commit.KEPT;
        }
        continue;
      }
      if ((word & Entry.REFERENCED) != 0) {
        long trailer = Entry.backing(below, to);
        long kept = upperTier(tier).store(data, offset, bytes, trailer, StoreIntent.RECLAIM);
        if (kept != UpperTier.NO_SPACE) {
          long stays = Entry.movedTo(Entry.place(word), kept) | Entry.BACKED;
          if (leaf.compareAndSet(slot, word, stays)) {
            tiers.get(tier).free(from);
            writeEnded(tier);
            return Commit.KEPT;
          }
          tiers.get(tier).free(kept);
          continue;
        }
      }
      long down = mirrors.entryAt(Entry.backing(below, to), evictionClock()) | word & Entry.BACKED;
      if (leaf.compareAndSet(slot, word, down)) {
        left(tier, batch.fromBytes(i), from);
        writeEnded(tier);
        return Commit.DEMOTED;
      }
    }
    mirrors.free(below, to);
    writeEnded(tier);
    return Commit.LOST;
  }

  @Override
  public void cancel(int tier, ZpageBatch batch, int i) {
    ByteBuffer data = batch.data();
    int offset = batch.offset(i);
    int slot = Leaf.slot(ZpageHeader.index(data, offset));
    Leaf leaf = leafOf(data, offset);
    while (leaf != null) {
      long word = leaf.get(slot);
      if (!isShadowOf(word, tier, batch.fromLocator(i), data, offset)
          || leaf.compareAndSet(slot, word, word & ~Entry.SHADOW)) {
        break;
      }
    }
    writeEnded(tier);
  }

  @Override
  public boolean isCold(int tier, ByteBuffer memory, int offset, long locator) {
    return ColdZpages.isCold(leafOf(memory, offset), tier, memory, offset, locator);
  }

  @Override
  public boolean replace(
      int tier, ByteBuffer denser, int offset, int bytes, long from, long backing) {
    return ColdZpages.replace(
        leafOf(denser, offset), tier, upperTier(tier), denser, offset, bytes, from, backing);
  }

  /** The same shadow of the same put: the place cannot be reused before its region is settled. */
  private static boolean isShadowOf(long word, int tier, long from, ByteBuffer data, int offset) {
    return Entry.isAt(word, tier, from)
        && (word & Entry.SHADOW) != 0
        && (tier > 0
            || Entry.stamp(word) == (ZpageHeader.generation(data, offset) & Entry.STAMPS - 1));
  }

  /**
   * Brings a page up whose zpage was just read and checked. A copy outside memory stays as its
   * backing; one in memory is given up, since keeping it costs the room that it would save.
   *
   * @return true when the entry names the copy in the top tier now
   */
  boolean promote(Leaf leaf, int slot, long word, ByteBuffer data, int offset, int bytes) {
    int tier = Entry.tier(word);
    long distance = (evictionClock() - Entry.stamp(word) & Entry.STAMPS - 1) * clockStepBytes();
    boolean referenced = (word & Entry.REFERENCED) != 0;
    if (promotion.promote(distance, memoryBytesAbove(tier), referenced)) {
      long locator = Entry.locator(word);
      boolean backed = (word & Entry.BACKED) != 0;
      // A mirror is named by the copy that it keeps safe, so that copy stays.
      boolean leaves = (backed || isMemory(tier)) && !mirrors.isRevocable(tier);
      // A page that is backed already keeps its lowest copy; an entry can name only one.
      long trailer =
          !leaves
              ? Entry.backing(tier, locator)
              : backed ? upperTier(tier).backing(locator) : UpperTier.NO_BACKING;
      long up = top.store(data, offset, bytes, trailer, StoreIntent.PROMOTION);
      if (up != UpperTier.NO_SPACE) {
        long raised = Entry.inTier(0, ZpageHeader.generation(data, offset), up);
        long flag = trailer == UpperTier.NO_BACKING ? 0 : Entry.BACKED;
        if (leaf.compareAndSet(slot, word, raised | flag)) {
          if (leaves) {
            tiers.get(tier).free(locator);
          }
          return true;
        }
        top.free(up);
      }
    }
    return false;
  }

  /**
   * Whether the page of a tombstone is absent. Otherwise the tombstone goes, and the next sync must
   * write down what took its place, be it another removal.
   */
  boolean isTombstoneLive(ByteBuffer memory, int offset) {
    Pool pool = pools.find(ZpageHeader.pool(memory, offset));
    if (pool == null || !pool.survives()) {
      return false;
    }
    Leaf leaf = leafOf(memory, offset);
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    if (leaf == null || !Entry.isPresent(leaf.get(slot))) {
      return true;
    }
    leaf.noteRecord(slot);
    leaf.noteChange(slot);
    return false;
  }

  /** The word of a page that was left to a lower tier just now. */
  long below(int tier, long locator) {
    return Entry.inTier(tier, evictionClock(), locator);
  }

  /** The bottom of the chain. */
  Tier lowest() {
    return tiers.get(tiers.size() - 1);
  }

  /**
   * Whether the page table names the zpage at a place, as a page or as the mirror that keeps one
   * safe. A mere backing copy there is given up: taken out of the page table and freed.
   */
  boolean isLive(int tier, ByteBuffer memory, int offset, long locator) {
    Leaf leaf = leafOf(memory, offset);
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
      if (mirrors.isRevocable(upper)) {
        boolean named = upperTier(upper).backing(Entry.locator(word)) == backing;
        if (leaf.get(slot) == word) {
          return named;
        }
      } else if (backingCopies.drop(leaf, slot, word, upper, backing) != BackingCopies.LOOK_AGAIN) {
        return false;
      }
    }
  }

  /** What a word says, for inspection. */
  PageVisitor.Place place(long word) {
    int tier = Entry.tier(word);
    boolean backed = (word & Entry.BACKED) != 0;
    long backing = backed ? upperTier(tier).backing(Entry.locator(word)) : UpperTier.NO_BACKING;
    // A zpage that was freed since the word was read has none to tell.
    boolean told = backing != UpperTier.NO_BACKING;
    return new PageVisitor.Place(
        tier,
        Entry.locator(word),
        (word & Entry.SHADOW) != 0,
        told ? Entry.backingTier(backing) : PageVisitor.NONE,
        told ? Entry.backingLocator(backing) : PageVisitor.NONE);
  }

  /**
   * Fixed when first asked: the limit moves with the page table, and stamps must stay comparable.
   */
  private long clockStepBytes() {
    long step = clockStepBytes;
    if (step == 0) {
      step = Math.max(1, memoryBytesAbove(tiers.size()) / CLOCK_STEPS);
      clockStepBytes = step;
    }
    return step;
  }

  /** What a page must compete for to stay above a tier: the RAM tiers there, together. */
  private long memoryBytesAbove(int tier) {
    long bytes = 0;
    for (int i = 0; i < tier && isMemory(i); i++) {
      bytes += upperTier(i).limitBytes();
    }
    return bytes;
  }

  private long evictionClock() {
    return evictedBytes.get() / clockStepBytes();
  }
}
