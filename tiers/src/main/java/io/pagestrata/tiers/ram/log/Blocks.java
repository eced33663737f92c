// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.tiers.ram.memory.FreeRegions;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What is known about each block besides its memory: state word, fill, age. Life cycle and
 * reasoning stand at {@link BlockWord}.
 *
 * <p>Fill, age, time and line are plain fields: written by the owner of the open block before it
 * seals, and read by others only after they saw the block sealed. Methods that answer true say that
 * this very call recycled the block: the caller must hand it to {@link FreeRegions}, exactly once.
 */
final class Blocks {
  /** Age that asks for the next running number. */
  static final long YOUNGEST = Long.MAX_VALUE;

  /**
   * A block has a cache line of its own, since neighbours are open at the same time, filled by
   * different threads: its word, then its fill, then its time.
   */
  private static final int STRIDE = 8;

  private static final int FILLED_BYTES = 1;
  private static final int FILLED_NANOS = 2;

  final int count;

  private final AtomicLongArray words;
  private final long[] ages;
  private final boolean[] kept;
  private final AtomicLong ageClock = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();

  Blocks(int count) {
    this.count = count;
    words = new AtomicLongArray(Math.multiplyExact(count, STRIDE));
    ages = new long[count];
    kept = new boolean[count];
    for (int block = 0; block < count; block++) {
      words.setPlain(block * STRIDE, BlockWord.CLOSED);
    }
  }

  /** Age of the block opened last as the youngest: a running number, larger is younger. */
  long youngestAge() {
    return ageClock.get();
  }

  long word(int block) {
    return words.get(block * STRIDE);
  }

  /**
   * Starts a new life of a free block that the caller took, of an age or {@link #YOUNGEST}, among
   * the kept or the new ones.
   */
  void open(int block, long age, long nanos, boolean isKept) {
    setFilled(block, 0, nanos);
    ages[block] = age == YOUNGEST ? ageClock.incrementAndGet() : age;
    kept[block] = isKept;
    words.updateAndGet(block * STRIDE, BlockWord::opened);
  }

  void setFilled(int block, int bytes, long nanos) {
    words.setPlain(block * STRIDE + FILLED_BYTES, bytes);
    words.setPlain(block * STRIDE + FILLED_NANOS, nanos);
  }

  boolean isKept(int block) {
    return kept[block];
  }

  void setAge(int block, long age) {
    ages[block] = age;
  }

  int filledBytes(int block) {
    return (int) words.getPlain(block * STRIDE + FILLED_BYTES);
  }

  long age(int block) {
    return ages[block];
  }

  long filledNanos(int block) {
    return words.getPlain(block * STRIDE + FILLED_NANOS);
  }

  /**
   * Counts a pin and answers whether it holds. The caller unpins in either case: a pin that came
   * too late may meanwhile stand on the next life of the block, and be the last one to leave it.
   */
  boolean pin(int block) {
    return !BlockWord.isClosed(words.getAndAdd(block * STRIDE, BlockWord.PIN));
  }

  boolean unpin(int block) {
    return recycleIfEmpty(block, words.addAndGet(block * STRIDE, -BlockWord.PIN));
  }

  void addLive(int block, int bytes) {
    words.getAndAdd(block * STRIDE, bytes >> BlockWord.LIVE_SHIFT_BYTES);
  }

  boolean subtractLive(int block, int bytes) {
    int units = bytes >> BlockWord.LIVE_SHIFT_BYTES;
    long word = words.addAndGet(block * STRIDE, -units);
    if (BlockWord.isLiveBelowZero(word)) {
      words.addAndGet(block * STRIDE, units);
      throw new IllegalStateException("zpage of block " + block + " freed twice");
    }
    return recycleIfEmpty(block, word);
  }

  boolean seal(int block) {
    return recycleIfEmpty(block, words.addAndGet(block * STRIDE, BlockWord.SEALED));
  }

  /**
   * Takes a sealed block, with a pin, for reclaim or cleaning; false when it is no longer there.
   */
  boolean take(int block) {
    long word = word(block);
    while (BlockWord.canBeTaken(word)) {
      if (words.compareAndSet(block * STRIDE, word, (word | BlockWord.TAKEN) + BlockWord.PIN)) {
        return true;
      }
      word = word(block);
    }
    return false;
  }

  /** Keeps a block that the caller took and pinned from being cleaned again. */
  void spare(int block) {
    words.getAndUpdate(block * STRIDE, word -> word | BlockWord.SPARED);
  }

  /** Keeps a block that the caller took and pinned from being walked again. */
  void condemn(int block) {
    words.getAndUpdate(block * STRIDE, word -> word | BlockWord.DAMAGED);
    damaged.incrementAndGet();
  }

  /** Blocks ever found damaged. */
  long damaged() {
    return damaged.get();
  }

  /** Lets a taken block go when it is still in the life in which it was taken. */
  boolean letGo(int block, int life) {
    long word = word(block);
    while ((word & BlockWord.TAKEN) != 0 && BlockWord.life(word) == life) {
      long free = word & ~BlockWord.TAKEN;
      if (words.compareAndSet(block * STRIDE, word, free)) {
        return recycleIfEmpty(block, free);
      }
      word = word(block);
    }
    return false;
  }

  /** Makes every pin fail from now on. */
  void closeAll() {
    for (int block = 0; block < count; block++) {
      words.getAndUpdate(block * STRIDE, BlockWord::closed);
    }
  }

  private boolean recycleIfEmpty(int block, long seen) {
    long word = seen;
    while (BlockWord.isRecyclable(word)) {
      if (words.compareAndSet(block * STRIDE, word, BlockWord.closed(word))) {
        return true;
      }
      word = word(block);
    }
    return false;
  }
}
