// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.dictionary.Dictionaries;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The end of a store that nobody uses any more: the last sync and the mark that it was closed in
 * order, then its tiers, the lowest first. Run once, by one thread, which a medium may hang; who
 * waits for it then gives it up, and from then on it closes and marks nothing.
 */
final class LastSteps implements Runnable {
  private enum Step {
    SYNC("the last sync"),
    CLOSE("closing the tiers"),
    GIVEN_UP("");

    final String words;

    Step(String words) {
      this.words = words;
    }
  }

  private final PageHierarchy hierarchy;
  private final Dictionaries dictionaries;

  /** Null in a volatile store. */
  private final Syncer syncer;

  private final Duration wait;
  private final LongSupplier generation;
  private final boolean unused;
  private final ClosingParts parts = new ClosingParts();
  private final AtomicReference<Step> step = new AtomicReference<>(Step.SYNC);
  private final AtomicLong closed = new AtomicLong();

  /**
   * Makes the steps of one store.
   *
   * @param wait longest wait for a sync that somebody else makes
   * @param generation highest that was given out; the last sync may give some out, too
   * @param unused false when an operation hangs in a tier, which must then stay open
   */
  LastSteps(
      PageHierarchy hierarchy,
      Dictionaries dictionaries,
      Syncer syncer,
      Duration wait,
      LongSupplier generation,
      boolean unused) {
    this.hierarchy = hierarchy;
    this.dictionaries = dictionaries;
    this.syncer = syncer;
    this.wait = wait;
    this.generation = generation;
    this.unused = unused;
  }

  @Override
  public void run() {
    if (syncer != null) {
      parts.close(this::writeDown);
    }
    if (unused && step.compareAndSet(Step.SYNC, Step.CLOSE)) {
      parts.close(dictionaries::close);
      for (int i = hierarchy.tierCount() - 1; i >= 0; i--) {
        parts.close(hierarchy.tier(i)::close);
        closed.incrementAndGet();
      }
    }
  }

  private void writeDown() {
    boolean synced;
    try {
      synced = syncer.close(wait);
    } catch (TierFailureException e) {
      throw new TierFailureException(
          "the last sync failed, and what was done since the sync before may be lost: "
              + e.getMessage(),
          e,
          e.isFull());
    }
    if (!synced) {
      throw giveUp(wait);
    }
    if (unused && step.get() == Step.SYNC) {
      syncer.markClean(generation.getAsLong());
    }
  }

  /** Grows while the steps get on. */
  long progress() {
    return closed.get() + (syncer == null ? 0 : syncer.progress());
  }

  /**
   * Ends the steps after the present one, which hangs.
   *
   * @param waited how long nothing got on
   * @return what to tell
   */
  TierFailureException giveUp(Duration waited) {
    Step hanging = step.getAndSet(Step.GIVEN_UP);
    String lost =
        syncer != null && hanging == Step.SYNC
            ? "; what was done since the sync before may be lost"
            : "";
    return new TierFailureException(
        hanging.words
            + " got no further for "
            + waited.toMillis()
            + " ms"
            + lost
            + "; tiers stay open until the process ends, so that nothing reads freed memory",
        null);
  }

  /** What went wrong; to be called after the steps ended. */
  ClosingParts parts() {
    return parts;
  }
}
