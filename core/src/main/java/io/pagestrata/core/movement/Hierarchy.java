// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageVisitor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The decisions that whoever moves zpages asks of the page table. Every answer is one
 * compare-and-set on one entry; the caller does the copying and writing. Thread-safe.
 *
 * <p>The order of one writeback: {@link #claim} (the entry becomes a shadow), copy the bytes into a
 * batch, store the batch in the tier below, {@link #commit} each zpage, or {@link #cancel} each
 * when the store failed. A shadow must see exactly one of the two (hazard H2).
 */
public interface Hierarchy {
  /**
   * Tiers in the chain.
   *
   * @return 1 or more
   */
  int tierCount();

  /**
   * A tier of the chain.
   *
   * @param number 0 for the top
   * @return the tier
   */
  Tier tier(int number);

  /**
   * A tier that has one below it, or that is the only one.
   *
   * @param number 0 for the top
   * @return the tier
   */
  UpperTier upperTier(int number);

  /**
   * The tier that must take what leaves a tier: the next one down, or the first after it that is
   * not {@linkplain io.pagestrata.core.tier.RevocableTier revocable} when there is one.
   *
   * @param tier number of a tier with another below it
   * @return number of the tier
   */
  int safeTierBelow(int tier);

  /**
   * Page size of the store.
   *
   * @return bytes
   */
  int pageBytes();

  /**
   * Says which zpages of a tier the claims that follow are after, and divides the tier among its
   * tenants. By the thread that reclaims the tier, before each region; at first everything is.
   *
   * @param tier number of the tier under reclaim
   * @param aim which zpages
   */
  default void aim(int tier, ReclaimAim aim) {}

  /**
   * One step of making room: the tier shows what should go, as {@link UpperTier#reclaim} does, or
   * single zpages where the page table knows their last uses.
   *
   * @param tier number of the tier
   * @param visitor sees each zpage, to {@link #claim} it
   * @param untouchedSinceNanos only regions filled before this time of the tier's clock qualify;
   *     {@link Long#MAX_VALUE} for any
   * @return what to settle, or the answers of {@link UpperTier#reclaim} that are no region
   */
  default long reclaim(int tier, ZpageVisitor visitor, long untouchedSinceNanos) {
    return upperTier(tier).reclaim(visitor, untouchedSinceNanos);
  }

  /**
   * Who must give up room in a tier though it is not short.
   *
   * @param tier number of the tier
   * @return what must leave; mostly nothing
   */
  default List<ReclaimNeed> needs(int tier) {
    return List.of();
  }

  /**
   * Which zpages should leave a tier that is short before all others.
   *
   * @param tier number of the tier
   * @param leaveBytes zpage bytes that must leave
   * @return the need, or null when they leave by age alone
   */
  default ReclaimNeed firstToGo(int tier, long leaveBytes) {
    return null;
  }

  /**
   * What each tenant holds.
   *
   * @return immutable snapshots
   */
  default List<TenantStats> tenants() {
    return List.of();
  }

  /**
   * What sharing of identical pages gains and costs.
   *
   * @return an immutable snapshot
   */
  default DeduplicationStats deduplication() {
    return DeduplicationStats.ZERO;
  }

  /**
   * Decides about one zpage shown by {@link UpperTier#reclaim}.
   *
   * @param tier number of the tier under reclaim
   * @param memory buffer that holds the zpage
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param locator where it rests
   * @param backing locator of its copy below, or {@link UpperTier#NO_BACKING}
   * @param force true to evict referenced zpages as well, when second chances free nothing
   * @return what was done, or TAKEN for what the caller must do
   */
  Claim claim(
      int tier,
      ByteBuffer memory,
      int offset,
      int bytes,
      long locator,
      long backing,
      boolean force);

  /**
   * Makes what was just stored in a tier the mirrors of what a revocable tier above it stores next:
   * sets the backing of every zpage in the batch to its locator.
   *
   * @param tier number of the tier that stored the batch
   * @param batch the stored batch
   */
  void keepAsMirrors(int tier, ZpageBatch batch);

  /**
   * Takes {@link #keepAsMirrors} back when the revocable tier did not store the batch: locators are
   * those of the mirrors again, and there is no backing.
   *
   * @param batch a batch with mirrors
   */
  void settleForMirrors(ZpageBatch batch);

  /**
   * Ends the writeback of one zpage whose batch is stored, {@linkplain ZpageBatch#tiersSkipped
   * wherever} that was.
   *
   * @param tier number of the tier it came from
   * @param batch the stored batch
   * @param i number of the zpage in the batch
   * @return how the race ended
   */
  Commit commit(int tier, ZpageBatch batch, int i);

  /**
   * Ends the writeback of one zpage whose batch could not be stored: the shadow goes, the page
   * stays readable above.
   *
   * @param tier number of the tier it came from
   * @param batch the batch
   * @param i number of the zpage in the batch
   */
  void cancel(int tier, ZpageBatch batch, int i);

  /**
   * Whether the page table names this very zpage, and nobody read it since it was stored, moved or
   * last spared by reclaim.
   *
   * @param tier number of the tier
   * @param memory buffer that holds the zpage
   * @param offset first byte of its header
   * @param locator where it rests
   * @return false also when it is on its way down
   */
  boolean isCold(int tier, ByteBuffer memory, int offset, long locator);

  /**
   * Stores a denser zpage of the same put in the same tier and lets the entry name that, unless the
   * page was read, changed or moved meanwhile.
   *
   * @param tier number of the tier
   * @param denser buffer that holds the denser zpage
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param from where the zpage rests that it replaces, in a region under reclaim
   * @param backing locator of its copy below, or {@link UpperTier#NO_BACKING}
   * @return true when the entry names the denser zpage now
   */
  boolean replace(int tier, ByteBuffer denser, int offset, int bytes, long from, long backing);

  /**
   * Counts the pages of ephemeral pools that went without being asked to.
   *
   * @return counts, by reason
   */
  default DropStats dropped() {
    return DropStats.NONE;
  }

  /**
   * What syncs did, in a durable store.
   *
   * @return counts and times
   */
  default SyncStats syncs() {
    return SyncStats.ZERO;
  }

  /**
   * The longest sync that ended since the last call or is under way; for one caller.
   *
   * @return nanoseconds, 0 without any
   */
  default long takeLongestSyncNanos() {
    return 0;
  }

  /**
   * Gives back the memory of those parts of page tables in which no page is left. A walk over all
   * of them, for a background thread, now and then.
   */
  default void tidy() {}
}
