// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import io.pagestrata.tiers.ram.zpool.ZpoolStats;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Fills a zpool, then frees and overwrites pages at random, and makes room as the RAM tier does:
 * compaction while it finds something to do, else eviction of the coldest region. For one thread.
 *
 * <p>There are half as many pages again as fit at density 1, the same for every kind at the same
 * memory; one use of a held page in four frees it.
 */
final class ZpoolChurn implements AutoCloseable {
  private static final double PAGES_BESIDE_THOSE_THAT_FIT = 1.5;
  private static final int FREED_ONE_IN = 4;
  private static final int STEPS_BETWEEN_SAMPLES = 1 << 10;

  final ZpoolRig rig;

  private final ZpageSizes sizes;
  private final BooleanSupplier stop;
  private final SplittableRandom random;
  private final long bytes;
  private final int pages;
  private long gainedBytes;
  private double densities;
  private double payloadDensities;
  private long samples;

  ZpoolChurn(ZpoolKind kind, long bytes, int pageBytes, ZpageSizes sizes, BenchContext bench) {
    this.bytes = bytes;
    this.sizes = sizes;
    this.stop = bench.stop();
    random = new SplittableRandom(bench.settings().seed());
    double zpageBytes = sizes.mean() + ZpageHeader.BYTES;
    pages = (int) (PAGES_BESIDE_THOSE_THAT_FIT * bytes / zpageBytes);
    rig = new ZpoolRig(kind, bytes, pageBytes, pages, false);
  }

  /** Puts page after page until one is refused. */
  void fill() {
    int page = 0;
    while (page < pages && rig.put(page, sizes.any(random))) {
      page++;
    }
  }

  /** Goes on until zpages of so many times the memory of the pool were stored. */
  void churn(int times) throws StoppedException {
    long end = rig.storedBytes() + times * bytes;
    for (long step = 1; rig.storedBytes() < end; step++) {
      int page = random.nextInt(pages);
      if (rig.holds(page) && random.nextInt(FREED_ONE_IN) == 0) {
        rig.remove(page);
      } else {
        put(page, sizes.any(random));
      }
      if (step % STEPS_BETWEEN_SAMPLES == 0) {
        StoppedException.throwIf(stop);
        densities += rig.density();
        payloadDensities += rig.payloadDensity();
        samples++;
      }
    }
  }

  private void put(int page, int payloadBytes) {
    while (!rig.put(page, payloadBytes)) {
      if (!compactOnce() && !rig.evict()) {
        throw new IllegalStateException("a pool with nothing to evict refuses a zpage");
      }
    }
  }

  private boolean compactOnce() {
    long before = rig.pool.usedBytes();
    long worked = rig.pool.compact();
    gainedBytes += before - rig.pool.usedBytes();
    return worked > 0;
  }

  /** Compacts until the pool finds nothing that is worth it. */
  void compactFully() throws StoppedException {
    while (compactOnce()) {
      StoppedException.throwIf(stop);
    }
  }

  int pages() {
    return pages;
  }

  /** Mean over the churn, of zpage bytes against memory taken. */
  double meanDensity() {
    return densities / samples;
  }

  /** Mean over the churn, of payload bytes against memory taken. */
  double meanPayloadDensity() {
    return payloadDensities / samples;
  }

  /** Zpages that compaction copied for each one stored. */
  double copiesPerPut() {
    return (double) rig.pool.stats().compactedZpages() / rig.stores();
  }

  double evictionsPerPut() {
    return (double) rig.evictedZpages() / rig.stores();
  }

  /** Bytes that compaction copied for each byte it made free, or NaN when it gained nothing. */
  double copiedPerByteGained() {
    ZpoolStats stats = rig.pool.stats();
    return gainedBytes <= 0 ? Double.NaN : (double) stats.compactedBytes() / gainedBytes;
  }

  @Override
  public void close() {
    rig.close();
  }
}
