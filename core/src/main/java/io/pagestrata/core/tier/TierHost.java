// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * What a tier may ask of, and tell, the store that owns it. Thread-safe; no call blocks or calls
 * back into the tier except where said.
 */
public interface TierHost {
  /**
   * Whether the page table names this very zpage, asked by cleaning.
   *
   * <p>Of a tombstone: whether nothing newer of its page is on the medium yet, so that an older
   * record must not count. A backing copy (the page itself rests higher up) is given up: the host
   * takes it out of the page table, calls {@link Tier#free} and answers false; in a tier with a log
   * it stays alive as superseded until the page was written again.
   *
   * @param memory buffer that holds the zpage
   * @param offset first byte of its header
   * @param locator where it rests
   * @return true when it must be moved
   */
  boolean isLive(ByteBuffer memory, int offset, long locator);

  /**
   * Repoints the page's entry to a copy of the same zpage in the same tier. On true the tier frees
   * {@code from}; on false the page changed meanwhile and the tier frees {@code to}.
   *
   * @param memory buffer that holds either copy
   * @param offset first byte of its header
   * @param from where it rested
   * @param to where the copy rests
   * @return true when the entry names {@code to} now
   */
  boolean relocate(ByteBuffer memory, int offset, long from, long to);

  /**
   * Says that a revocable tier no longer stands by a zpage that it accepted. The entry of a page
   * with a mirror names that from now on, and the host calls {@link Tier#free}.
   *
   * @param memory buffer that holds the header of the zpage
   * @param offset first byte of the header
   * @param locator where it rests
   * @return false when the page has no other copy; then its entry stays
   */
  default boolean fallBackToMirror(ByteBuffer memory, int offset, long locator) {
    return false;
  }

  /**
   * Looks for pages that need damaged zpages of this tier. Those with a whole copy above are
   * written again from it, and {@link Tier#free} is called for the damaged ones. Looks at every
   * page there is; may read from the tiers above.
   *
   * @param damaged whether the zpage at a locator is damaged
   * @param report is told of each page that needs one of them
   */
  default void salvage(LongPredicate damaged, SalvageReport report) {}

  /** Says that the tier is filling up; wakes whoever makes room. Cheap, may be called often. */
  void underPressure();

  /** Says that there is room again; wakes puts that wait. Cheap, may be called often. */
  void spaceFreed();

  /**
   * Says when every write into this tier has ended that is under way now, so that no later one
   * holds a zpage which is no longer alive now.
   *
   * @return answers true once they have ended, and from then on; for any thread
   */
  default BooleanSupplier writesUnderWay() {
    return () -> true;
  }

  /**
   * What a sync would free in a tier with a log: records of pages that have another content by now,
   * or none, which is not on the medium yet.
   *
   * @return bytes as {@link Tier#heldBytes} counts them
   */
  default long supersededBytes() {
    return 0;
  }

  /**
   * Has a sync made, so that what was freed may go, see {@link PageLog}. Blocks, and calls {@link
   * PageLog#append}: the caller holds no lock. It is not held up by a sync that somebody else makes
   * now, but should ask again later then: what was freed meanwhile waits for the next one.
   *
   * @return false when none was made, since one is under way
   * @throws IOException when the sync failed
   */
  default boolean sync() throws IOException {
    return true;
  }
}
