// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import io.pagestrata.core.dictionary.DictionaryLog;
import java.io.IOException;
import java.util.List;

/**
 * The log by which the lowest tier of a chain survives the process.
 *
 * <p>What survives is a set of records: zpages and tombstones. Of those of one page the one with
 * the highest generation counts. A tier with a log keeps three promises:
 *
 * <ul>
 *   <li>Whatever it answers STORED to is on the medium, whether it came by {@link Tier#store},
 *       {@link #append} or its own cleaning.
 *   <li>A zpage stays on the medium until it is {@linkplain Tier#free freed}, and one of {@link
 *       Tier#freeAfterSync} until a sync has ended that began after. The store frees one when what
 *       took its place is on the medium.
 *   <li>A tombstone stays as long as an older record of its page may be there. The store neither
 *       frees tombstones nor keeps their locators.
 * </ul>
 *
 * <p>Thread-safe. {@link #recover} comes first, once, after {@link Tier#attach}.
 */
public interface PageLog {
  /**
   * A pool that survives.
   *
   * @param id id of the pool, part of the header of its zpages
   * @param name name of the pool
   * @param tenant name of its owner
   * @param shared whether it is shared
   * @param contents whether no user made it: it holds what pages of others share
   */
  record SavedPool(int id, String name, String tenant, boolean shared, boolean contents) {}

  /** Takes the records of a log that is being recovered. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes one record. Of each zpage that does not count the visitor frees the locator, at once or
     * later.
     *
     * @param pool pool id
     * @param object object of the page
     * @param index page index in the object
     * @param generation generation of the put or the removal
     * @param tombstone whether the page was removed
     * @param locator where the record rests
     */
    void record(int pool, long object, int index, long generation, boolean tombstone, long locator);

    /**
     * Takes one record of a page that shares a content; otherwise as {@link #record}, which is
     * called for it by default.
     *
     * @param pool pool id
     * @param object object of the page
     * @param index page index in the object
     * @param generation generation of the put
     * @param contentGeneration generation of the content's zpage
     * @param contentIndex index of the content
     * @param locator where the record rests
     */
    default void sharedRecord(
        int pool,
        long object,
        int index,
        long generation,
        long contentGeneration,
        int contentIndex,
        long locator) {
      record(pool, object, index, generation, false, locator);
    }
  }

  /**
   * The pools saved last.
   *
   * @return in the order in which they were saved
   */
  List<SavedPool> pools();

  /**
   * The lowest id that no pool ever had, as saved last.
   *
   * @return 1 or more
   */
  int nextPool();

  /**
   * Saves the pools; they are on the medium when the call returns. Records of pools that are not
   * among them do not count any more.
   *
   * @param pools every pool that shall survive
   * @param nextPool the lowest id that no pool ever had
   * @throws IOException when the medium failed; either the old or the new pools survive
   */
  void savePools(List<SavedPool> pools, int nextPool) throws IOException;

  /**
   * Shows every record.
   *
   * @param visitor takes them, in no particular order
   * @return a generation that no record exceeds
   * @throws IOException when the medium failed
   */
  long recover(Visitor visitor) throws IOException;

  /**
   * Size of the batches that {@link #append} takes.
   *
   * @return bytes
   */
  int batchBytes();

  /**
   * Stores a batch of zpages and tombstones as {@link Tier#store} does, and may use the room that
   * is kept for it.
   *
   * @param batch what to store
   * @return STORED, or why not
   * @throws IOException when the medium failed; nothing of the batch counts as stored
   */
  TierOutcome append(ZpageBatch batch) throws IOException;

  /**
   * Makes room for {@link #append}, which was full: tidies up now what upkeep would in time.
   *
   * @return false when there is nothing to be had, or not for now
   * @throws IOException when the medium failed
   */
  default boolean makeRoom() throws IOException {
    return false;
  }

  /**
   * Says that a sync begins: notes what was freed for after it, and settles what a failed {@link
   * #savePools} left open. One at a time.
   *
   * @throws IOException when the medium failed; the sync must not go on
   */
  void beginSync() throws IOException;

  /**
   * Says that the sync succeeded, as far as it may supersede records: what was freed for after it
   * may go.
   */
  void endSync();

  /**
   * Where dictionaries survive; asked after {@link #recover}.
   *
   * @return by default a place that keeps none
   */
  default DictionaryLog dictionaries() {
    return DictionaryLog.NONE;
  }

  /**
   * Says that everything is written down and nothing will follow but the close of the tier.
   *
   * @param generation the highest one taken
   * @throws IOException when the medium failed; the next start recovers as after a crash
   */
  void markClean(long generation) throws IOException;
}
