// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

/**
 * The frames in the order of their ages, coldest first.
 *
 * <p>Three lists: frames that were shown and kept something, which come first again; old ones;
 * young ones. Where old and young meet is the middle of all ages, where second chances go, and
 * frames cross it one by one so that the old list keeps its share. Guarded by the lock of the pool.
 */
final class FrameAges {
  private static final int SHOWN_BEFORE = 0;
  private static final int OLD = 1;
  private static final int YOUNG = 2;
  private static final int LISTS = 3;

  /** Where second chances go between the oldest (0) and the youngest (1), as in the log zpool. */
  private static final double MIDDLE = 0.6;

  /** A frame touched late keeps those behind it from being found by age; these many are passed. */
  private static final int MOST_PASSED = 64;

  private final Links links;
  private final byte[] lists;
  private final long[] filledNanos;
  private final int[] counts = new int[LISTS];

  FrameAges(int frames) {
    links = new Links(frames, LISTS);
    lists = new byte[frames];
    filledNanos = new long[frames];
  }

  void addYoungest(int frame, long nanos) {
    filledNanos[frame] = nanos;
    links.addLast(YOUNG, frame);
    joined(frame, YOUNG);
    balance();
  }

  void addMiddle(int frame, long nanos) {
    filledNanos[frame] = nanos;
    links.addLast(OLD, frame);
    joined(frame, OLD);
    balance();
  }

  /** Puts a shown frame back, coldest again, beside others of its kind in the order of time. */
  void putBack(int frame) {
    int first = links.first(SHOWN_BEFORE);
    if (first != Links.NONE && filledNanos[frame] <= filledNanos[first]) {
      links.addFirst(SHOWN_BEFORE, frame);
    } else {
      links.addLast(SHOWN_BEFORE, frame);
    }
    joined(frame, SHOWN_BEFORE);
  }

  void remove(int frame) {
    links.remove(frame);
    counts[lists[frame]]--;
    balance();
  }

  private void joined(int frame, int list) {
    lists[frame] = (byte) list;
    counts[list]++;
  }

  /** Changes of one frame need a step or two. */
  private void balance() {
    int old = (int) (MIDDLE * (counts[OLD] + counts[YOUNG]));
    while (counts[OLD] < old) {
      int frame = links.first(YOUNG);
      links.remove(frame);
      counts[YOUNG]--;
      links.addLast(OLD, frame);
      joined(frame, OLD);
    }
    while (counts[OLD] > old + 1) {
      int frame = links.last(OLD);
      links.remove(frame);
      counts[OLD]--;
      links.addFirst(YOUNG, frame);
      joined(frame, YOUNG);
    }
  }

  /** The coldest frame filled before a time, or {@link Links#NONE}. */
  int coldest(long untouchedSinceNanos) {
    int passed = 0;
    for (int list = SHOWN_BEFORE; list < LISTS; list++) {
      for (int frame = links.first(list);
          frame != Links.NONE && passed < MOST_PASSED;
          frame = links.after(frame)) {
        if (untouchedSinceNanos == Long.MAX_VALUE || filledNanos[frame] - untouchedSinceNanos < 0) {
          return frame;
        }
        passed++;
      }
    }
    return Links.NONE;
  }
}
