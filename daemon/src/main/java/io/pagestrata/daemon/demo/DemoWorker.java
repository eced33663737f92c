// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.daemon.input.PageCursor;
import io.pagestrata.daemon.input.SkewedPages;
import io.pagestrata.daemon.terminal.Progress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * One thread of the demo: puts, overwrites and flushes the pages it owns, reads any page, and
 * compares every byte it reads with the input. For one thread.
 */
final class DemoWorker {
  private static final int OBJECT_PAGE_BITS = 16;
  private static final int CHURN_PER_MILLE_OVERWRITE = 700;
  private static final int CHURN_PER_MILLE_FLUSH = 150;

  /**
   * Each refusal takes a whole wait: a store that stays full would keep the demo busy for hours.
   */
  private static final int MOST_REFUSALS = 4;

  private final PageStore store;
  private final Pool pool;
  private final ExpectedPages expected;
  private final PageCursor input;
  private final ByteBuffer target;
  private final SplittableRandom random;
  private final Progress progress;
  private final BooleanSupplier stop;
  private final AtomicInteger refusals;
  private final int firstPage;
  private final int endPage;
  private final Tally tally = new Tally();

  /** Makes a worker that owns the pages from the first one to the end, which is the next one's. */
  DemoWorker(DemoWork work, SplittableRandom random, int firstPage, int endPage) {
    store = work.store();
    pool = work.pool();
    input = work.input().cursor();
    target = ByteBuffer.allocateDirect(work.input().pageBytes());
    expected = work.expected();
    progress = work.progress();
    refusals = work.refusals();
    stop = work.stop();
    this.random = random;
    this.firstPage = firstPage;
    this.endPage = endPage;
  }

  Tally tally() {
    return tally;
  }

  /** Puts every page it owns, in order. */
  void putAll() {
    for (int page = firstPage; page < endPage; page++) {
      put(page, 0);
      step();
    }
  }

  /** Overwrites, flushes and reads pages it owns, at random. */
  void churn(int operations) {
    if (firstPage == endPage) {
      return;
    }
    for (int i = 0; i < operations; i++) {
      int page = random.nextInt(firstPage, endPage);
      int dice = random.nextInt(1000);
      if (dice < CHURN_PER_MILLE_OVERWRITE) {
        put(page, (Math.max(0, expected.round(page)) + 1) % ExpectedPages.ROUNDS);
        tally.overwrites++;
      } else if (dice < CHURN_PER_MILLE_OVERWRITE + CHURN_PER_MILLE_FLUSH) {
        flush(page);
      } else {
        check(page);
      }
      step();
    }
  }

  /** Reads any pages, few of them often. */
  void readSkewed(int operations) {
    SkewedPages pages = new SkewedPages(expected.pages(), random);
    for (int i = 0; i < operations; i++) {
      check(pages.next());
      step();
    }
  }

  /** Reads every page of its share once. */
  void readAll() {
    for (int page = firstPage; page < endPage; page++) {
      check(page);
      tally.finalPages++;
      step();
    }
  }

  private void step() {
    progress.advance(1);
    if (stop.getAsBoolean()) {
      throw new CancellationException();
    }
  }

  private void put(int page, int round) {
    if (refusals.get() >= MOST_REFUSALS) {
      tally.skippedPuts++;
      return;
    }
    ByteBuffer content = input.page(expected.source(page, round));
    long start = System.nanoTime();
    PutOutcome outcome = store.put(pool, object(page), index(page), content);
    tally.putNanos += System.nanoTime() - start;
    tally.puts++;
    if (outcome == PutOutcome.STORED) {
      expected.put(page, round);
    } else {
      // A refused put of a persistent page leaves the page as it was.
      tally.refused++;
      refusals.incrementAndGet();
    }
  }

  private void flush(int page) {
    boolean wasThere = store.flush(pool, object(page), index(page));
    tally.flushes++;
    if (wasThere == expected.isAbsent(page)) {
      tally.mismatch("page " + page + ": flush found it " + presence(wasThere));
    }
    expected.flushed(page);
  }

  private void check(int page) {
    target.clear();
    boolean found;
    long start = System.nanoTime();
    try {
      found = store.get(pool, object(page), index(page), target);
    } catch (CorruptPageException e) {
      tally.mismatch("page " + page + ": " + e.getMessage());
      return;
    } finally {
      tally.getNanos += System.nanoTime() - start;
      tally.gets++;
      tally.comparisons++;
    }
    if (found == expected.isAbsent(page)) {
      tally.mismatch("page " + page + " is " + presence(found) + ", it should not be");
    } else if (found) {
      target.clear();
      int wrong = target.mismatch(input.page(expected.source(page, expected.round(page))));
      if (wrong >= 0) {
        tally.mismatch("page " + page + " differs from the input at byte " + wrong);
      }
    }
  }

  private static String presence(boolean present) {
    return present ? "present" : "absent";
  }

  private static long object(int page) {
    return page >>> OBJECT_PAGE_BITS;
  }

  private static int index(int page) {
    return page & ((1 << OBJECT_PAGE_BITS) - 1);
  }
}
