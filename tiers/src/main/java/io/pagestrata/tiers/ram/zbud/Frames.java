// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.ages.Links;
import io.pagestrata.tiers.ram.ages.RegionAges;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What is known about each frame: its state word, its place among the ages, and the room that it
 * offers. States and arrows stand at {@link FrameWord}.
 *
 * <p>Only {@link #word}, {@link #pin} and {@link #unpin} may be called without the lock of the
 * pool. Methods that answer true say that this very call made the frame free: the caller must hand
 * it to {@link FrameMemory}, exactly once.
 */
final class Frames {
  /** Frames of one room that are looked at before larger rooms: readers may hold them. */
  private static final int MOST_TRIES = 8;

  private final FrameLayout layout;
  private final AtomicLongArray words;
  private final RegionAges ages;

  /** Frames that lack a buddy, by their room in chunks. */
  private final Links rooms;

  Frames(FrameLayout layout, EvictionPolicy eviction) {
    this.layout = layout;
    words = new AtomicLongArray(layout.frames);
    ages = new RegionAges(layout.frames, eviction);
    rooms = new Links(layout.frames, FrameLayout.WIDE_CHUNKS);
    for (int frame = 0; frame < layout.frames; frame++) {
      words.setPlain(frame, FrameWord.FREE);
    }
  }

  long word(int frame) {
    return words.get(frame);
  }

  /** Counts a pin and answers the word before; the caller unpins whatever it says. */
  long pin(int frame) {
    return words.getAndAdd(frame, FrameWord.PIN);
  }

  boolean unpin(int frame) {
    return recycleIfEmpty(frame, words.addAndGet(frame, -FrameWord.PIN));
  }

  /**
   * Takes a frame with room for a buddy of this size off the lists, for a store to fill: the one
   * with the least room that nobody reads.
   *
   * @return the locator of the buddy, or {@link Links#NONE}
   */
  long takeWithRoom(int chunks, boolean backed) {
    for (int room = chunks; room < FrameLayout.WIDE_CHUNKS; room++) {
      int frame = rooms.first(room);
      for (int i = 0; i < MOST_TRIES && frame != Links.NONE; i++) {
        long word = words.get(frame);
        boolean first = FrameWord.size(word, FrameLayout.FIRST) == 0;
        int buddy = first ? FrameLayout.FIRST : FrameLayout.LAST;
        long filling = FrameWord.filling(word, buddy, chunks, backed);
        if (!FrameWord.isPinned(word) && words.compareAndSet(frame, word, filling)) {
          unlist(frame);
          return layout.locator(frame, buddy, filling);
        }
        frame = rooms.after(frame);
      }
    }
    return Links.NONE;
  }

  /**
   * Starts a new life of a free frame that the caller took, with its first buddy to be filled.
   *
   * @return the locator of the buddy
   */
  long open(int frame, int chunks, boolean backed) {
    int buddy = FrameLayout.FIRST;
    long word =
        words.updateAndGet(
            frame, free -> FrameWord.filling(FrameWord.opened(free), buddy, chunks, backed));
    return layout.locator(frame, buddy, word);
  }

  /** Ends the filling of a frame, which joins the ages as its last zpage does. */
  void filled(int frame, StoreIntent intent, long nanos) {
    long word = words.addAndGet(frame, -FrameWord.FILLING);
    ages.add(frame, intent, nanos);
    offer(frame, word);
  }

  /**
   * Takes a zpage out of its frame; {@link #recycleIfEmpty} must follow without the lock.
   *
   * @return the chunks that it took, 0 when there is no such zpage
   */
  int clear(long locator) {
    int frame = layout.frame(locator);
    int buddy = layout.buddy(locator);
    long word = words.get(frame);
    if (!layout.isThere(locator, word)) {
      return 0;
    }
    boolean listed = FrameWord.isListed(word);
    if (listed) {
      rooms.remove(frame);
      if (FrameWord.isEmpty(FrameWord.withoutBuddy(word, buddy))) {
        ages.remove(frame);
      }
    }
    long left = words.updateAndGet(frame, now -> FrameWord.withoutBuddy(now, buddy));
    if (listed && !FrameWord.isEmpty(left)) {
      offer(frame, left);
    }
    return FrameWord.size(word, buddy);
  }

  private void offer(int frame, long word) {
    if (FrameWord.size(word, FrameLayout.FIRST) == 0
        || FrameWord.size(word, FrameLayout.LAST) == 0) {
      int room = layout.room(frame, word);
      if (room > 0) {
        rooms.addFirst(room, frame);
      }
    }
  }

  private void unlist(int frame) {
    rooms.remove(frame);
    ages.remove(frame);
  }

  /** Takes the coldest frame off the lists, to be shown, or answers {@link Links#NONE}. */
  int takeColdest(long untouchedSinceNanos) {
    int frame = ages.coldest(untouchedSinceNanos);
    if (frame != Links.NONE) {
      unlist(frame);
      words.addAndGet(frame, FrameWord.SHOWN);
    }
    return frame;
  }

  /** Lists a shown frame again when it is still in the life in which it was shown. */
  void settle(int frame, int life) {
    long word = words.get(frame);
    if (!isShown(word, life)) {
      return;
    }
    long settled = words.addAndGet(frame, -FrameWord.SHOWN);
    if (FrameWord.isListed(settled)) {
      ages.putBack(frame);
      offer(frame, settled);
    }
  }

  /** Keeps a shown frame off the lists until it is empty. */
  boolean condemn(int frame, int life) {
    long word = words.get(frame);
    if (!isShown(word, life) || FrameWord.isDamaged(word)) {
      return false;
    }
    words.addAndGet(frame, FrameWord.DAMAGED);
    return true;
  }

  private static boolean isShown(long word, int life) {
    return FrameWord.isShown(word) && FrameWord.life(word) == life;
  }

  /** Makes a frame free that holds nothing and is in nobody's hands; needs no lock. */
  boolean recycleIfEmpty(int frame) {
    return recycleIfEmpty(frame, words.get(frame));
  }

  private boolean recycleIfEmpty(int frame, long seen) {
    long word = seen;
    while (FrameWord.isRecyclable(word)) {
      if (words.compareAndSet(frame, word, word | FrameWord.FREE)) {
        return true;
      }
      word = words.get(frame);
    }
    return false;
  }

  /** Makes every read miss from now on. */
  void closeAll() {
    for (int frame = 0; frame < layout.frames; frame++) {
      words.getAndUpdate(frame, FrameWord::closed);
    }
  }
}
