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
 *
 * @param <S> what a thread reads with, and keeps for the next segment
 * @param <R> what reading a segment gives
 */
final class SegmentReaders<S, R> implements Closeable {
  /** Bytes for which another thread is worth its start. */
  private static final long BYTES_PER_THREAD = 16 << 20;

  /**
   * Also with fewer processors: a medium gives more when it is asked for several things at once.
   * Each thread holds a list of records.
   */
  private static final int MOST_THREADS = 4;

  private final int threads;

  /** Null when the caller reads. */
  private final ExecutorService executor;

  private final AtomicInteger threadsMade = new AtomicInteger();

  private final String threadNames;
  private final Supplier<S> tools;

  /** Those that no thread is using. */
  private final Queue<S> free = new ConcurrentLinkedQueue<>();

  /** What was begun and not taken, in this order. */
  private final Queue<CompletableFuture<R>> begun = new ArrayDeque<>();

  private volatile boolean closed;

  /** Reads one segment. */
  @FunctionalInterface
  interface Reading<S, R> {
    R with(S tool) throws IOException;
  }

  /**
   * Makes readers that have not begun.
   *
   * @param threadNames how the names of their threads begin
   * @param bytes length of all segments
   * @param tools makes what a thread reads with
   */
  SegmentReaders(String threadNames, long bytes, Supplier<S> tools) {
    this.threadNames = threadNames;
    this.tools = tools;
    long useful = Math.min(MOST_THREADS, bytes / BYTES_PER_THREAD);
    threads = useful < 2 ? 0 : (int) useful;
    executor = threads == 0 ? null : Executors.newFixedThreadPool(threads, this::newThread);
  }

  private Thread newThread(Runnable task) {
    Thread thread = new Thread(task, threadNames + threadsMade.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Whether the next should be taken before another is begun: its list takes heap. */
  boolean isFull() {
    return begun.size() > threads;
  }

  /** Begins to read a segment. */
  void begin(Reading<S, R> reading) {
    Supplier<R> task = () -> read(reading);
    begun.add(
        executor == null
            ? CompletableFuture.supplyAsync(task, Runnable::run)
            : CompletableFuture.supplyAsync(task, executor));
  }

  private R read(Reading<S, R> reading) {
    if (closed) {
      throw new IllegalStateException("nobody waits for it");
    }
    S used = free.poll();
    S tool = used == null ? tools.get() : used;
    try {
      return reading.with(tool);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      free.add(tool);
    }
  }

  /** Waits for the segment that was begun first of those that were not taken. */
  R take() throws IOException {
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
