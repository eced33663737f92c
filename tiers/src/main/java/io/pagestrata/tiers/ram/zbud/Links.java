// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

/**
 * Doubly linked lists of frame numbers in two arrays: 8 bytes a frame, no object for one.
 *
 * <p>Each list has a node of its own behind those of the frames, which closes the ring, so that a
 * frame leaves its list without knowing which one that is. A frame is in one list at most. Guarded
 * by the lock of the pool.
 */
final class Links {
  static final int NONE = -1;

  private final int frames;
  private final int[] next;
  private final int[] previous;

  Links(int frames, int lists) {
    this.frames = frames;
    next = new int[frames + lists];
    previous = new int[frames + lists];
    for (int node = 0; node < next.length; node++) {
      next[node] = node;
      previous[node] = node;
    }
  }

  void addFirst(int list, int frame) {
    insert(frame, frames + list, next[frames + list]);
  }

  void addLast(int list, int frame) {
    insert(frame, previous[frames + list], frames + list);
  }

  private void insert(int frame, int before, int after) {
    previous[frame] = before;
    next[frame] = after;
    next[before] = frame;
    previous[after] = frame;
  }

  /** Takes a frame out of its list, if it is in one. */
  void remove(int frame) {
    next[previous[frame]] = next[frame];
    previous[next[frame]] = previous[frame];
    next[frame] = frame;
    previous[frame] = frame;
  }

  boolean isEmpty(int list) {
    return next[frames + list] == frames + list;
  }

  /** First frame of a list, or {@link #NONE}. */
  int first(int list) {
    return frameOrNone(next[frames + list]);
  }

  /** Last frame of a list, or {@link #NONE}. */
  int last(int list) {
    return frameOrNone(previous[frames + list]);
  }

  /** The frame behind one in its list, or {@link #NONE}. */
  int after(int frame) {
    return frameOrNone(next[frame]);
  }

  private int frameOrNone(int node) {
    return node < frames ? node : NONE;
  }
}
