// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zpool;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import java.nio.ByteBuffer;

/**
 * An allocator of zpages inside the memory of one RAM tier.
 *
 * <p>The pool knows how zpages lie in memory: what frees memory together, what is sparse, what is
 * cold. The tier above it decides when it compacts, when it shows its coldest region, and when the
 * host hears of pressure; the host decides what becomes of each zpage shown. So an eviction is
 * asked for from outside, answered by the pool with whole regions, and needs no call-back into a
 * lock: no lock of the pool is held while a visitor, a reader or the host runs, but for {@link
 * TierHost#underPressure}, which a memory budget that runs short may ring during a store.
 *
 * <p>A locator is a number of at most 48 bits that only the pool can read. The commit of a zpage in
 * flight compares locators, so the locator of a shown zpage is not given out again before its
 * region is settled. A pool whose locators are handles may move zpages behind them; one whose
 * locators are places has the host {@linkplain TierHost#relocate repoint} the entry. In either case
 * the bytes under a reader stay as they are and where they are.
 *
 * <p>Thread-safe. {@link #attach} comes first, once. {@link #compact} and {@link #showColdest} may
 * be called by several threads, but do work for one at a time each. After {@link #close} stores are
 * refused, reads find everything gone and the rest does nothing.
 */
public interface Zpool extends AutoCloseable {
  /** Set in what {@link #showAt} answers, beside the locator; no region has so large a number. */
  long SINGLE = 1L << 62;

  /**
   * Connects the pool with the store, before any other call.
   *
   * @param host answers which zpages are alive, hears of memory made free
   */
  void attach(TierHost host);

  /**
   * Stores one zpage, as the youngest or, for {@link StoreIntent#RECLAIM}, at about the middle of
   * all ages.
   *
   * @param zpage buffer that holds it; its position and limit do not matter and stay
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param backing locator of its copy below, or {@link UpperTier#NO_BACKING}
   * @param intent how deep it may go into the reserve when it needs memory that is free
   * @return its locator, or {@link UpperTier#NO_SPACE}
   */
  long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent);

  /**
   * Shows the zpage at a locator to the reader, pinned meanwhile.
   *
   * @param locator where the zpage rests, or any number
   * @param reader takes the bytes
   * @return what the reader returned, or {@link Tier#GONE} without calling it
   */
  int read(long locator, ZpageReader reader);

  /**
   * Frees a zpage that no entry names any more; once for each stored zpage.
   *
   * @param locator where the zpage rests
   * @throws IllegalStateException when there is no unfreed zpage, found out in most cases
   */
  void free(long locator);

  /**
   * Backing locator of a zpage. Of one that is freed meanwhile any answer is right, but there must
   * be one; the caller looks at the entry again.
   *
   * @param locator where the zpage rests
   * @return locator in the tier below, or {@link UpperTier#NO_BACKING}
   */
  long backing(long locator);

  /**
   * One bounded step of cleaning or compaction, when something is sparser than the settings of the
   * pool allow.
   *
   * @return bytes made free or moved, 0 when there is nothing to do, no room to do it, or another
   *     thread does it
   */
  long compact();

  /**
   * Whether memory becomes free without an eviction: {@link #compact} has something to do and the
   * room to do it, or what is dead is held for a moment.
   *
   * @return false in a pool that never compacts
   */
  default boolean isMakingRoom() {
    return false;
  }

  /**
   * Shows every zpage of the coldest region, which stays still meanwhile and is neither shown again
   * nor reused before {@link #settle}, also when all of it dies.
   *
   * @param visitor decides about each zpage; may store and free
   * @param untouchedSinceNanos only regions filled before this time of the pool's clock qualify;
   *     {@link Long#MAX_VALUE} for any
   * @return the region shown (0 or more), or {@link UpperTier#NOTHING}
   */
  long showColdest(ZpageVisitor visitor, long untouchedSinceNanos);

  /**
   * Shows a single zpage to the visitor and keeps its place until {@link #settle}, as all places of
   * a region are kept that {@link #showColdest} shows. Other zpages of its region may be shown
   * meanwhile.
   *
   * @param locator where the zpage rested a moment ago
   * @param visitor decides about it; may store and free
   * @return what to settle, or {@link UpperTier#NOTHING} when nothing is there any more
   */
  long showAt(long locator, ZpageVisitor visitor);

  /**
   * Makes a shown region eligible again, or free when nothing in it is alive any more. Late calls,
   * for a region that was settled before, do nothing.
   *
   * @param region an answer of {@link #showColdest} or {@link #showAt}
   */
  void settle(long region);

  /**
   * Keeps a shown region from being shown or compacted again until it is empty, since its headers
   * are damaged; what is alive in it stays readable.
   *
   * @param region an answer of {@link #showColdest} that is not settled yet
   */
  void condemn(long region);

  /**
   * Gives resident free memory back to the system and its charge to the budget.
   *
   * @param bytes how much is wanted
   * @return what was released
   */
  long releaseSpare(long bytes);

  /**
   * Memory in use, slack and dead zpages included, free regions excluded. A cheap gauge.
   *
   * @return bytes
   */
  long usedBytes();

  /**
   * Most memory that may be in use now.
   *
   * @return bytes, the budget less what others charged
   */
  long limitBytes();

  /**
   * Most memory that puts may fill.
   *
   * @return bytes, the limit less the reserve
   */
  long putLimitBytes();

  /**
   * Memory taken by zpages that are alive, padding included.
   *
   * @return bytes, which may change while they are added up
   */
  long liveBytes();

  /**
   * Whether storing this zpage took free memory, so that the level is worth a look. A pool that
   * cannot tell says yes every now and then.
   *
   * @param locator an answer of {@link #store}
   * @return true when {@link #usedBytes} may have grown by it
   */
  boolean tookMemory(long locator);

  /**
   * Bytes that an unfreed zpage counts for in {@link ZpoolStats#zpageBytes}. Of a place that was
   * freed meanwhile the answer may be anything.
   *
   * @param locator where the zpage rests
   * @return bytes, padding and what names its copy below included
   */
  long heldBytes(long locator);

  /**
   * Where a zpage rests, for people.
   *
   * @param locator where the zpage rests
   * @return such as {@code block 12 offset 4096}
   */
  String describe(long locator);

  /**
   * Counters of the pool.
   *
   * @return a snapshot; reads are not counted, since they touch no medium but memory
   */
  ZpoolStats stats();

  /** Releases the memory and its charge; what was stored is gone. Idempotent. */
  @Override
  void close();
}
