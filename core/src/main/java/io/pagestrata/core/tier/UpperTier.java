// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.nio.ByteBuffer;

/**
 * A tier with another one below it: takes single zpages and gives up its coldest ones.
 *
 * <p>Eviction is started from outside ({@link #reclaim}), but the tier says which region goes next:
 * it alone knows which zpages free memory together. No lock is held while the visitor runs.
 */
public interface UpperTier extends Tier {
  /** Answer of {@link #store(ByteBuffer, int, int, long, StoreIntent)}: no room for this intent. */
  long NO_SPACE = -1;

  /** No copy below; the backing argument and answer of a dirty zpage. */
  long NO_BACKING = -1;

  /** Answer of {@link #reclaim}: no region qualifies. */
  long NOTHING = -1;

  /** Answer of {@link #reclaim}: memory was made by cleaning, nothing was shown to the visitor. */
  long CLEANED = -2;

  /**
   * Stores one zpage as the youngest; with {@link StoreIntent#RECLAIM} (a second chance, whose last
   * use is not known) as one clearly younger than the region under reclaim.
   *
   * @param zpage buffer that holds it
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param backing locator of a valid copy in the tier below, or {@link #NO_BACKING}
   * @param intent who asks; decides how deep into the reserve the tier may go
   * @return its locator, or {@link #NO_SPACE}
   */
  long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent);

  /**
   * Backing locator stored with a zpage. When the zpage may have been freed meanwhile, the answer
   * is worth nothing until the caller has seen the entry unchanged after it.
   *
   * @param locator where the zpage rests
   * @return locator in the tier below, or {@link #NO_BACKING}
   */
  long backing(long locator);

  /**
   * One step of making room: cleans a sparse region, or shows every zpage of the coldest region to
   * the visitor. A shown region is neither shown again nor reused before {@link #settle}: the
   * commit of a zpage in flight compares its place. One thread at a time.
   *
   * @param visitor decides about each zpage
   * @param untouchedSinceNanos only regions filled before this time of the tier's clock qualify;
   *     {@link Long#MAX_VALUE} for any
   * @return the region shown (0 or more), {@link #NOTHING} or {@link #CLEANED}
   */
  long reclaim(ZpageVisitor visitor, long untouchedSinceNanos);

  /**
   * Says that nothing taken from a region is in flight any more. What is still alive in it may be
   * shown again.
   *
   * @param region an answer of {@link #reclaim}
   */
  void settle(long region);

  /**
   * Says that a shown region stays in use though all that it showed is dead: its headers are
   * damaged. It is not shown again, so that it does not keep reclaim from the others; what is alive
   * in it stays readable.
   *
   * @param region an answer of {@link #reclaim} that is not settled yet
   */
  default void condemn(long region) {}

  /**
   * Memory in use, measured against {@link #limitBytes}; free regions do not count.
   *
   * @return bytes
   */
  long usedBytes();

  /**
   * Most memory the tier may use now, after what page table and buffers took of its size.
   *
   * @return bytes
   */
  long limitBytes();

  /**
   * Most memory that puts may fill, the limit less the reserve: a put is refused room at this
   * level, so the watermarks of reclaim lie below it.
   *
   * @return bytes
   */
  default long putLimitBytes() {
    return limitBytes();
  }

  /**
   * Whether room is about to come though no zpage leaves: what is dead waits for cleaning, or for
   * the end of the walk that holds it. Asked when a put finds no room and nothing lies below.
   *
   * @return false when only a removal could make room
   */
  default boolean isMakingRoom() {
    return false;
  }

  /**
   * One step of making room as {@link #reclaim}, but shows one zpage, chosen by its last use. Its
   * place stays its own until {@link #settle}.
   *
   * @param locator where it rested a moment ago
   * @param visitor decides about it
   * @return what to settle, {@link #NOTHING} when nothing is there any more, or {@link #CLEANED}
   */
  default long reclaimAt(long locator, ZpageVisitor visitor) {
    return NOTHING;
  }

  /**
   * In which order zpages leave the tier.
   *
   * @return the policy, which a tier in memory has from its settings
   */
  default EvictionPolicy eviction() {
    return EvictionPolicy.SECOND_CHANCE;
  }
}
