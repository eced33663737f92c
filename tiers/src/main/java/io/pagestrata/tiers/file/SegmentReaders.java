// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Reads whole segments, on threads of its own when there is much to read: reading waits for the
 * medium, checking keeps a processor busy, and segments do not depend on each other. A small store
 * is read by the caller, since starting threads takes longer then. For one caller.
 */
final class SegmentReaders implements Closeable {
  /** Bytes for which another thread is worth its start. */
  private static final long BYTES_PER_THREAD = 16 << 20;

  /** More would not read faster from one medium, and each holds a list of records. */
  private static final int MOST_THREADS = 4;

  private final FileTierSettings settings;
  private final int threads;

  /** Null when the caller reads. */
  private final ExecutorService executor;

  private final AtomicInteger threadsMade = new AtomicInteger();

  /** Those that no thread is using. */
  private final Queue<SegmentScan> scans = new ConcurrentLinkedQueue<>();

  /** What was begun and not taken, in this order. */
  private final Queue<CompletableFuture<ReadSegment>> begun = new ArrayDeque<>();

  private volatile boolean closed;

  /**
   * Makes readers that have not begun.
   *
   * @param bytes length of all segments
   */
  SegmentReaders(FileTierSettings settings, long bytes) {
    this.settings = settings;
    int useful = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    threads = bytes < 2 * BYTES_PER_THREAD ? 0 : (int) Math.min(useful, bytes / BYTES_PER_THREAD);
    executor = threads == 0 ? null : Executors.newFixedThreadPool(threads, this::newThread);
  }

  private Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "pagestrata-recovery-" + threadsMade.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Whether the next should be taken before another is begun: its list takes heap. */
  boolean isFull() {
    return begun.size() > threads;
  }

  /** Begins to read a segment. */
  void begin(Segment segment, long bytes, SegmentFormat.Header header) {
    Supplier<ReadSegment> reading = () -> read(segment, bytes, header);
    begun.add(
        executor == null
            ? CompletableFuture.supplyAsync(reading, Runnable::run)
            : CompletableFuture.supplyAsync(reading, executor));
  }

  private ReadSegment read(Segment segment, long bytes, SegmentFormat.Header header) {
    if (closed) {
      throw new IllegalStateException("nobody waits for " + segment.name());
    }
    SegmentScan free = scans.poll();
    SegmentScan scan = free == null ? new SegmentScan(settings) : free;
    try {
      return ReadSegment.of(segment, bytes, header, scan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      scans.add(scan);
    }
  }

  /** Waits for the segment that was begun first of those that were not taken. */
  ReadSegment take() throws IOException {
    try {
      return begun.remove().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failed) {
        throw failed.getCause();
      }
      if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      throw e;
    }
  }

  /** Ends the threads; what they are reading is of no use any more. */
  @Override
  public void close() {
    closed = true;
    begun.forEach(reading -> reading.exceptionally(failure -> null).join());
    if (executor != null) {
      executor.shutdown();
    }
  }
}
