// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/**
 * The doomed segments of a tier, on their way out.
 *
 * <p>In a durable tier the file of a doomed segment stays until a sync has ended that began after
 * it was doomed: what superseded its records is on the medium then. Nothing was promised of the
 * records of one that was made after the last sync that succeeded, so it may go as soon as another
 * sync begins: what syncs wrote that failed half way must not keep the room that the next one
 * needs. Where one of its records was copied from an older segment, that one is still there, since
 * it was doomed after that sync, too. Not so where pages share: the record of a page may be left
 * that names a content in such a segment, and would take the place of one that was promised.
 *
 * <p>Thread-safe; syncs begin and end one after the other.
 */
final class DeadSegments {
  private final SegmentFiles files;
  private final FileCounters counters;
  private final boolean durable;

  /** Those whose files may go. */
  private final Queue<Segment> doomed = new ConcurrentLinkedQueue<>();

  /** Those of a durable tier that wait for a sync to begin. */
  private final Queue<Segment> superseded = new ConcurrentLinkedQueue<>();

  /** Those that wait for the end of one which began after they were doomed. */
  private final Queue<Segment> covered = new ConcurrentLinkedQueue<>();

  /** Sequence of the last segment that there was when the last sync ended. */
  private volatile long promisedTo = Long.MAX_VALUE;

  DeadSegments(SegmentFiles files, FileCounters counters, boolean durable) {
    this.files = files;
    this.counters = counters;
    this.durable = durable;
  }

  /** Takes one in; true when its file may go at once. */
  boolean add(Segment segment) {
    (durable ? superseded : doomed).add(segment);
    return !durable;
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

  /**
   * Notes that what is superseded now will be on the medium when the sync has ended.
   *
   * @param pagesShare whether records may name others
   * @return true when files may go
   */
  boolean beginSync(boolean pagesShare) {
    Predicate<Segment> unpromised = segment -> !pagesShare && segment.sequence() > promisedTo;
    boolean any = move(covered, doomed, unpromised) | move(superseded, doomed, unpromised);
    move(superseded, covered, segment -> true);
    return any;
  }

  /** True when files may go. */
  boolean endSync(long lastSequence) {
    promisedTo = lastSequence;
    return move(covered, doomed, segment -> true);
  }

  /** Each of them once, so that one that comes meanwhile, or stays, is left for the next time. */
  private static boolean move(Queue<Segment> from, Queue<Segment> to, Predicate<Segment> which) {
    boolean any = false;
    for (int left = from.size(); left > 0; left--) {
      Segment segment = from.poll();
      boolean moves = which.test(segment);
      (moves ? to : from).add(segment);
      any |= moves;
    }
    return any;
  }

  /** Bytes that a sync would give back. */
  long waitingBytes() {
    return bytes(superseded) + bytes(covered);
  }

  private static long bytes(Queue<Segment> segments) {
    return segments.stream().mapToLong(Segment::fileBytes).sum();
  }
}
