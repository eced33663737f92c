// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The order in which scrubbing looks at segments: those that are sealed by their sequence, then
 * those that are being written, as far as they are.
 *
 * <p>A pass begins an hour after the one before at the earliest. The first one of a run begins
 * anywhere and goes on at the lowest sequence, so that a store that is restarted often is read
 * everywhere in time. Owned by whoever holds the maintenance lock of the tier.
 */
final class ScrubPass {
  /** Time from the beginning of a pass to that of the next one, at least. */
  static final long PASS_NANOS = 3_600_000_000_000L;

  private final Segments segments;
  private final Deque<Target> open = new ArrayDeque<>();
  private boolean underWay;
  private boolean wrapped;
  private boolean openKnown;
  private long startNanos;
  private long firstSequence = -1;
  private long lastSequence;
  private long sequence;

  /**
   * A segment to look at.
   *
   * @param table the records so far of one that is being written; null of one that is sealed
   */
  record Target(Segment segment, RecordTable table) {}

  ScrubPass(Segments segments, long nowNanos) {
    this.segments = segments;
    startNanos = nowNanos - PASS_NANOS;
  }

  /** Whether a pass goes on; begins one that is due. */
  boolean isUnderWay(long nowNanos) {
    if (underWay || nowNanos - startNanos < PASS_NANOS) {
      return underWay;
    }
    startNanos = nowNanos;
    lastSequence = segments.lastSequence();
    firstSequence =
        firstSequence < 0 ? Math.floorMod(nowNanos * 0x9E37_79B9_7F4A_7C15L, lastSequence + 1) : 0;
    sequence = firstSequence - 1;
    wrapped = false;
    openKnown = false;
    open.clear();
    underWay = true;
    return true;
  }

  /** The next segment; null when there is none, or the pass waits for those being written. */
  Target next() {
    Segment sealed = lowestBehind(sequence, wrapped ? firstSequence - 1 : lastSequence);
    if (sealed == null && !wrapped && firstSequence > 0) {
      wrapped = true;
      sequence = -1;
      sealed = lowestBehind(sequence, firstSequence - 1);
    }
    wrapped |= sealed == null;
    if (sealed != null) {
      sequence = sealed.sequence();
      return new Target(sealed, null);
    }
    Target next = open.peek();
    if (next == null || next.table() == null && !next.segment().isSealed()) {
      return null;
    }
    return open.remove();
  }

  private Segment lowestBehind(long behind, long last) {
    Segment lowest = null;
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment candidate = segments.at(slot);
      if (candidate != null
          && candidate.isSealed()
          && candidate.sequence() > behind
          && candidate.sequence() <= last
          && (lowest == null || candidate.sequence() < lowest.sequence())) {
        lowest = candidate;
      }
    }
    return lowest;
  }

  /** Whether those that are being written are wanted now. */
  boolean wantsOpen() {
    return underWay && wrapped && !openKnown;
  }

  /** Adds one that is being written, or null for none. */
  void addOpen(Target target) {
    if (target != null) {
      open.add(target);
    }
  }

  /** Says that all were added. */
  void openIsKnown() {
    openKnown = true;
  }

  /** Comes back to a segment when it is sealed. */
  void comeBack(Segment damaged) {
    open.addFirst(new Target(damaged, null));
  }

  /** Whether everything was looked at. */
  boolean isOver() {
    return openKnown && open.isEmpty();
  }

  /**
   * Ends the pass.
   *
   * @param hasRead whether there was anything; else the next one begins as soon as there is
   */
  void end(boolean hasRead) {
    underWay = false;
    if (!hasRead) {
      startNanos -= PASS_NANOS;
    }
  }
}
