// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The doomed segments of a tier, on their way out.
 *
 * <p>The file of one may go at once, unless a record in it was given up for after a sync: then it
 * stays until a sync has ended that began after that. Syncs are numbered; a segment knows the first
 * one that sets it free.
 *
 * <p>Thread-safe; syncs begin and end one after the other.
 */
final class DeadSegments {
  private final SegmentFiles files;
  private final FileCounters counters;
  private final boolean durable;

  /** Those whose files may go. */
  private final Queue<Segment> doomed = new ConcurrentLinkedQueue<>();

  /** Those that wait for the end of a sync. */
  private final Queue<Segment> waiting = new ConcurrentLinkedQueue<>();

  /** Number of the sync that began last, and of that which ended well last. */
  private volatile long begun;

  private volatile long ended;

  DeadSegments(SegmentFiles files, FileCounters counters, boolean durable) {
    this.files = files;
    this.counters = counters;
    this.durable = durable;
  }

  /** Number of the next sync: what is given up now is needed until it has ended. */
  long nextSync() {
    return begun + 1;
  }

  /** Takes one in; true when its file may go at once. */
  boolean add(Segment segment) {
    boolean free = isFree(segment);
    (free ? doomed : waiting).add(segment);
    return free;
  }

  private boolean isFree(Segment segment) {
    return segment.neededUntilSync() <= ended;
  }

  /**
   * Deletes the files that may go. One that cannot be deleted is tried again next time.
   *
   * @return the segments whose files are gone
   */
  List<Segment> delete() {
    List<Segment> deleted = new ArrayList<>();
    for (int left = doomed.size(); left > 0; left--) {
      Segment segment = doomed.poll();
      if (segment == null) {
        break;
      }
      try {
        segment.close();
        files.delete(segment.name());
        deleted.add(segment);
      } catch (IOException e) {
        counters.errors.increment();
        doomed.add(segment);
      }
    }
    try {
      if (durable && !deleted.isEmpty()) {
        // A file that comes back after a crash must not meet dropped tombstones.
        files.forceDirectory();
      }
      return deleted;
    } catch (IOException e) {
      counters.errors.increment();
      doomed.addAll(deleted);
      return List.of();
    }
  }

  /** Notes that what was given up until now will not be needed when the sync has ended. */
  void beginSync() {
    begun++;
  }

  /** True when files may go. */
  boolean endSync() {
    ended = begun;
    boolean any = false;
    // Each of them once, so that one that comes meanwhile, or stays, is left for the next time.
    for (int left = waiting.size(); left > 0; left--) {
      Segment segment = waiting.poll();
      any |= add(segment);
    }
    return any;
  }

  /** Bytes that a sync would give back. */
  long waitingBytes() {
    return waiting.stream().mapToLong(Segment::fileBytes).sum();
  }
}
