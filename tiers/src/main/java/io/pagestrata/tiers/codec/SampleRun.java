// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pages of one pool, copied as they were compressed: three quarters to train on, then a quarter
 * held back. Any thread offers pages; one thread begins and ends the run.
 *
 * <p>A claim on a place and the count of places filled are two numbers, so the owner of the buffer
 * knows when the last copy into it has ended.
 */
final class SampleRun {
  private static final int HELD_BACK_ONE_IN = 4;
  private static final int ENDED = 1 << 30;

  private final ByteBuffer pages;
  private final int pageBytes;
  private final int places;
  private final AtomicInteger claimed = new AtomicInteger();
  private final AtomicInteger filled = new AtomicInteger();
  private int expected;

  SampleRun(ByteBuffer pages, int pageBytes) {
    this.pages = pages;
    this.pageBytes = pageBytes;
    places = pages.capacity() / pageBytes / HELD_BACK_ONE_IN * HELD_BACK_ONE_IN;
    expected = places;
  }

  /** Copies a page, if there is a place left. */
  void offer(ByteBuffer source, int offset) {
    if (claimed.get() >= places) {
      return;
    }
    int claim = claimed.getAndIncrement();
    if (claim < places) {
      pages.put(offsetOf(claim), source, offset, pageBytes);
      filled.incrementAndGet();
    }
  }

  /** Each fourth page is held back, so that both parts are of the same time. */
  private int offsetOf(int claim) {
    int group = claim / HELD_BACK_ONE_IN;
    boolean heldBack = claim % HELD_BACK_ONE_IN == HELD_BACK_ONE_IN - 1;
    return (heldBack ? trainingPages() + group : claim - group) * pageBytes;
  }

  boolean isFull() {
    return filled.get() == places;
  }

  /** Takes no more pages; those being copied may still come until {@link #isQuiet}. */
  void end() {
    int before = claimed.getAndSet(ENDED);
    if (before < ENDED) {
      expected = Math.min(before, places);
    }
  }

  /** After the end, or when it is full: whether nobody copies into the buffer any more. */
  boolean isQuiet() {
    return filled.get() == expected;
  }

  int trainingPages() {
    return places - heldBackPages();
  }

  int heldBackPages() {
    return places / HELD_BACK_ONE_IN;
  }

  /** Offset of the first page held back; those to train on are before it. */
  int heldBackOffset() {
    return trainingPages() * pageBytes;
  }

  int pageBytes() {
    return pageBytes;
  }

  /** The buffer that holds the pages; read by the owner alone, once the run is full. */
  ByteBuffer pages() {
    return pages;
  }
}
