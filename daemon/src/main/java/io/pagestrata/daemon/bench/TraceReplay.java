// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.Settings;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TierStats;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Drives a store with recorded swap traffic, and checks what it reads: page p holds, after its n-th
 * write, sample page p + n. For one thread, used once.
 */
final class TraceReplay {
  private static final int SAMPLE_EVERY_RECORDS = 256;

  /** Fewer than reclaim moves at a time. */
  private static final int REST_EVERY_PAGES = 16;

  private static final long REST_STEP_NANOS = 20_000;

  /** A store that does not come to rest is one that cannot free anything. */
  private static final long MOST_REST_NANOS = 200_000_000;

  /** That of the stores, above which reclaim has something to do. */
  private static final double HIGH_WATERMARK =
      Double.parseDouble(Settings.WRITEBACK_HIGH_WATERMARK.defaultText().orElseThrow());

  private final PageStore store;
  private final Pool pool;
  private final SamplePages pages;
  private final BooleanSupplier stop;
  private final ByteBuffer source;
  private final ByteBuffer target;
  private int[] writes;
  private long reads;
  private boolean rests;
  private int pagesSinceRest;

  /**
   * What came of a replay.
   *
   * @param reads page reads of pages that had been written
   * @param hits of these, served from RAM
   * @param meanPagesInRam zpages in RAM, averaged over the reads
   */
  record Result(long reads, long hits, int meanPagesInRam) {}

  TraceReplay(PageStore store, SamplePages pages, BooleanSupplier stop) {
    this.store = store;
    this.pool = store.createPool("trace", PoolKind.PERSISTENT);
    this.pages = pages;
    this.stop = stop;
    this.source = pages.view();
    this.target = ByteBuffer.allocateDirect(pages.pageBytes());
  }

  /**
   * Lets writeback come to rest again and again, as the guest did that was recorded: what is in RAM
   * then hardly depends on how fast the machine replays.
   */
  TraceReplay withRests() {
    rests = true;
    return this;
  }

  Result run(SwapTrace trace) throws StoppedException {
    writes = new int[trace.devicePages()];
    long residentSum = 0;
    long samples = 0;
    long readsAtSample = 0;
    for (int i = 0; i < trace.records(); i++) {
      perform(trace, i);
      pagesSinceRest += trace.pageCount(i);
      if (rests && pagesSinceRest >= REST_EVERY_PAGES) {
        pagesSinceRest = 0;
        rest();
      }
      if (i % SAMPLE_EVERY_RECORDS == 0) {
        StoppedException.throwIf(stop);
        // Weighted by reads: how large the tier was while it mattered.
        residentSum += inRam(store.stats()) * (reads - readsAtSample);
        samples += reads - readsAtSample;
        readsAtSample = reads;
      }
    }
    long hits = hitsInRam(store.stats());
    return new Result(reads, hits, (int) (samples == 0 ? 1 : Math.max(1, residentSum / samples)));
  }

  private void rest() {
    long start = System.nanoTime();
    while (isBusy(store.stats()) && System.nanoTime() - start < MOST_REST_NANOS) {
      LockSupport.parkNanos(REST_STEP_NANOS);
    }
  }

  /** Whether something is on its way down, or reclaim has yet to begin. */
  private static boolean isBusy(StoreStats stats) {
    TierStats top = stats.tiers().get(0);
    return stats.writeback().queueDepth() > 0
        || top.usedBytes() > HIGH_WATERMARK * top.limitBytes();
  }

  /** All tiers but the last are RAM. */
  private static long inRam(StoreStats stats) {
    return stats.tiers().stream()
        .limit(stats.tiers().size() - 1)
        .mapToLong(TierStats::zpages)
        .sum();
  }

  static long hitsInRam(StoreStats stats) {
    return stats.hitsByTier().stream()
        .limit(stats.tiers().size() - 1)
        .mapToLong(Long::longValue)
        .sum();
  }

  private void perform(SwapTrace trace, int record) {
    int first = trace.firstPage(record);
    int end = first + trace.pageCount(record);
    switch (trace.operation(record)) {
      case SwapTrace.READ -> {
        for (int page = first; page < end; page++) {
          read(page);
        }
      }
      case SwapTrace.WRITE -> {
        for (int page = first; page < end; page++) {
          write(page);
        }
      }
      case SwapTrace.TRIM, SwapTrace.WRITE_ZEROES -> {
        store.flushRange(pool, 0, first, trace.pageCount(record));
        Arrays.fill(writes, first, end, 0);
      }
      default -> {
        // A flush asks nothing of a store whose pages live as long as the process.
      }
    }
  }

  private void write(int page) {
    writes[page]++;
    source.limit(source.capacity()).position(sample(page));
    StoreFullException.throwIfRefused(store.put(pool, 0, page, source));
  }

  private void read(int page) {
    boolean found = store.get(pool, 0, page, target);
    if (found != writes[page] > 0) {
      throw new IllegalStateException("page " + page + (found ? " came back" : " is gone"));
    }
    if (found) {
      reads++;
      int offset = sample(page);
      source.limit(offset + pages.pageBytes()).position(offset);
      if (!target.equals(source)) {
        throw new IllegalStateException("page " + page + " came back wrong");
      }
    }
  }

  private int sample(int page) {
    return pages.offset((int) ((page + (long) writes[page]) % pages.count()));
  }

  /** Page reads of pages that had been written and not trimmed since. */
  static long reads(SwapTrace trace) {
    BitSet written = new BitSet(trace.devicePages());
    long reads = 0;
    for (int i = 0; i < trace.records(); i++) {
      int first = trace.firstPage(i);
      int end = first + trace.pageCount(i);
      switch (trace.operation(i)) {
        case SwapTrace.READ -> reads += written.get(first, end).cardinality();
        case SwapTrace.WRITE -> written.set(first, end);
        default -> written.clear(first, end);
      }
    }
    return reads;
  }

  /** Reads of written pages that a cache of so many pages in exact LRU order would have served. */
  static long exactLruHits(SwapTrace trace, int capacity) {
    ExactLru lru = new ExactLru(capacity, trace.devicePages());
    boolean[] written = new boolean[trace.devicePages()];
    long hits = 0;
    for (int i = 0; i < trace.records(); i++) {
      int operation = trace.operation(i);
      int end = trace.firstPage(i) + trace.pageCount(i);
      for (int page = trace.firstPage(i); page < end; page++) {
        if (operation == SwapTrace.WRITE) {
          written[page] = true;
          lru.use(page);
        } else if (operation == SwapTrace.READ) {
          hits += written[page] && lru.use(page) ? 1 : 0;
        } else {
          written[page] = false;
          lru.remove(page);
        }
      }
    }
    return hits;
  }
}
