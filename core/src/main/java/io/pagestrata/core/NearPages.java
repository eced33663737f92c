// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.nio.ByteBuffer;

/**
 * The operations of a store for threads that must not wait, such as the event loop of a server.
 *
 * <p>They wait neither for room nor for a lower tier; whoever is told that a wait is needed asks
 * the {@link PageStore} itself from a thread that may. Everything else is as there: results,
 * exceptions, thread safety.
 */
public final class NearPages {
  private final PageStore store;
  private final int pageBytes;
  private final PutJourney puts;
  private final GetJourney gets;

  NearPages(PageStore store, PutJourney puts, GetJourney gets) {
    this.store = store;
    this.pageBytes = store.pageBytes();
    this.puts = puts;
    this.gets = gets;
  }

  /**
   * Reads a page that is same-filled, or rests in a tier in memory, as may the content that it
   * shares.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param target direct buffer that takes the page from its position on
   * @return DONE, ABSENT, or BELOW when another tier would have to deliver it, or so many
   *     operations are under way that this one would wait for them
   * @throws CorruptPageException when the stored bytes are damaged
   * @throws IllegalArgumentException when the target is too small or not direct
   */
  public NearOutcome get(Pool pool, long object, int index, ByteBuffer target) {
    CallerChecks.checkTarget(target, pageBytes);
    if (!target.isDirect()) {
      throw new IllegalArgumentException("the target is not a direct buffer");
    }
    pool.checkUsableBy(store);
    return gets.getNear(pool, object, index, target, target.position());
  }

  /**
   * Stores a page if there is room at once, and a lane. A refusal is not counted and changes
   * nothing, also in an ephemeral pool.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param page holds the page from its position on
   * @return false when it would have to wait
   */
  public boolean put(Pool pool, long object, int index, ByteBuffer page) {
    CallerChecks.checkRoom(page.remaining(), pageBytes);
    pool.checkUsableBy(store);
    return puts.putNow(pool, object, index, page, page.position());
  }

  /**
   * Counts the absent pages at the start of a run; pages near which nothing was ever put cost
   * nothing.
   *
   * @param pool pool of the pages
   * @param object object of the pages
   * @param firstIndex first page
   * @param count pages to look at, at most 2^32
   * @return 0 to {@code count}
   */
  public long absentRun(Pool pool, long object, int firstIndex, long count) {
    CallerChecks.checkIndexes(firstIndex, count);
    pool.checkUsableBy(store);
    long first = Integer.toUnsignedLong(firstIndex);
    return pool.table().nextPresent(object, first, first + count) - first;
  }

  /**
   * Counts the present pages at the start of a run, one look a page.
   *
   * @param pool pool of the pages
   * @param object object of the pages
   * @param firstIndex first page
   * @param count pages to look at, at most 2^32
   * @return 0 to {@code count}
   */
  public long presentRun(Pool pool, long object, int firstIndex, long count) {
    CallerChecks.checkIndexes(firstIndex, count);
    pool.checkUsableBy(store);
    long first = Integer.toUnsignedLong(firstIndex);
    return pool.table().nextAbsent(object, first, first + count) - first;
  }
}
