// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import io.pagestrata.core.tier.IndexStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Brings lists into the index, on a thread of its own, since nobody waits for a list to be stored.
 * Starting Chronicle Map in a fresh JVM takes longer than reading a few segments, so that is done
 * when it pays: once lists of enough records are pending. Fewer are dropped by a close. A failure
 * ends the index until the next start and nothing else.
 *
 * <p>{@code this} guards the queue and the state; the map belongs to the thread.
 */
final class IndexWriter {
  private static final Logger LOG = LogManager.getLogger(IndexWriter.class);
  private static final long MOST_PENDING_BYTES = 64L << 20;

  private final Path directory;
  private final IndexShape shape;
  private final UUID storeId;
  private final long worthwhileBytes;
  private final Queue<Change> changes = new ArrayDeque<>();

  /** Of the thread alone, once it runs. */
  private final Map<Long, Integer> partCounts;

  private long pendingBytes;
  private Thread thread;
  private boolean ended;
  private boolean closing;
  private boolean failed;
  private long leftOut;
  private long segments;
  private long parts;

  /** A segment that was sealed, or deleted when there is no list. */
  private record Change(long sequence, LocationList list, byte[] trailer) {
    long bytes() {
      return list == null ? 0 : (long) list.records() * LocationList.RECORD_BYTES;
    }
  }

  /**
   * Makes a writer that does nothing yet.
   *
   * @param worthwhileBytes length of pending lists for which the map is opened
   * @param partCounts parts of each list that may be in the index
   */
  IndexWriter(
      Path directory,
      IndexShape shape,
      UUID storeId,
      long worthwhileBytes,
      Map<Long, Integer> partCounts) {
    this.worthwhileBytes = worthwhileBytes;
    this.directory = directory;
    this.shape = shape;
    this.storeId = storeId;
    this.partCounts = new HashMap<>(partCounts);
    segments = partCounts.size();
    parts = partCounts.values().stream().mapToLong(Integer::longValue).sum();
  }

  private void startIfWorthwhile() {
    if (thread == null && pendingBytes >= worthwhileBytes) {
      thread = new Thread(this::run, "pagestrata-index");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * Notes a segment.
   *
   * @param list its records; null when it was deleted
   * @param starting whether the store is being opened: then its thread leaves the processors to
   *     that, and the caller waits while much is pending; otherwise a list is dropped
   */
  synchronized void add(long sequence, LocationList list, byte[] trailer, boolean starting) {
    Change change = new Change(sequence, list, trailer);
    boolean interrupted = false;
    while (starting && !ended && isTooMuch(change)) {
      startIfWorthwhile();
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (ended || closing || isTooMuch(change)) {
      if (list != null) {
        leaveOut(ended || closing ? null : "lists come faster than they are stored");
      }
      return;
    }
    pendingBytes += change.bytes();
    changes.add(change);
    if (!starting) {
      startIfWorthwhile();
    }
    notifyAll();
  }

  /** Says that the store is open. */
  synchronized void started() {
    startIfWorthwhile();
  }

  /** Counts a list that is not stored; the reason is told when first met and at every doubling. */
  private void leaveOut(String reason) {
    leftOut++;
    if (reason != null && Long.bitCount(leftOut) == 1) {
      LOG.warn(
          "{}: the location index has left out {} segments, which starts must read, since {}",
          directory,
          leftOut,
          reason);
    }
  }

  private boolean isTooMuch(Change change) {
    return pendingBytes > 0 && pendingBytes + change.bytes() > MOST_PENDING_BYTES;
  }

  /** The next change; null when the index is being closed and nothing is left. */
  private synchronized Change next() throws InterruptedException {
    while (changes.isEmpty() && !closing) {
      wait();
    }
    return changes.poll();
  }

  private synchronized void done(Change change, boolean hadRoom, long partsNow) {
    pendingBytes -= change.bytes();
    if (!hadRoom) {
      leaveOut("it is full");
    }
    segments = partCounts.size();
    parts = partsNow;
    notifyAll();
  }

  private synchronized void fail() {
    failed = true;
  }

  private synchronized void end() {
    ended = true;
    changes.clear();
    pendingBytes = 0;
    notifyAll();
  }

  private void run() {
    try (IndexMap map = IndexMap.open(directory, shape)) {
      for (Change change = next(); change != null; change = next()) {
        boolean hasRoom = apply(map, change);
        done(change, hasRoom, map.parts());
      }
    } catch (Throwable e) {
      // Everything in it can be read from the segments.
      LOG.warn(
          "{}: the location index is not written any more, and the next start reads the segments"
              + " instead: {}",
          directory,
          e.toString());
      LOG.debug("the location index failed", e);
      fail();
    } finally {
      end();
    }
  }

  /** False when it is full. */
  private boolean apply(IndexMap map, Change change) throws IOException {
    long sequence = change.sequence();
    int before = partCounts.getOrDefault(sequence, 0);
    int now =
        change.list() == null ? 0 : IndexPart.parts(change.list().records(), map.value().length);
    boolean hasRoom = map.hasRoom(now);
    if (!hasRoom) {
      now = 0;
    }
    map.remove(sequence, now, before);
    for (int part = 0; part < now; part++) {
      IndexPart.encode(map.value(), storeId, sequence, change.list(), change.trailer(), part);
      map.put(sequence, part);
    }
    if (now == 0) {
      partCounts.remove(sequence);
    } else {
      partCounts.put(sequence, now);
    }
    return hasRoom;
  }

  synchronized IndexStats stats() {
    return new IndexStats(segments, parts * shape.chunkBytes(), pendingBytes, leftOut, failed);
  }

  /** Stores what is pending and closes the map. */
  void close() {
    Thread writing;
    synchronized (this) {
      closing = true;
      writing = thread;
      notifyAll();
    }
    boolean interrupted = false;
    while (writing != null && writing.isAlive()) {
      try {
        writing.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
