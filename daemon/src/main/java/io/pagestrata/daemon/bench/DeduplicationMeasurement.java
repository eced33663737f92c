// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What sharing of identical pages gains with the pages of the input, and what it costs: a put of a
 * page that is met once, and one of a page that is there already, with and without it.
 */
final class DeduplicationMeasurement implements Measurement {
  @Override
  public String name() {
    return "deduplication";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    try (PageStore plain = BenchStores.roomy(bench.settings(), 2 * pages.count());
        PageStore sharing =
            BenchStores.sharing(bench.settings(), 2 * pages.count(), Deduplication.POOL)) {
      gain(sharing, pages, rows);
      Comparison fresh =
          Comparison.of(
              bench.rounds(),
              () -> bench.nanosPerOperation(() -> putUnique(sharing, pages)),
              () -> bench.nanosPerOperation(() -> putUnique(plain, pages)));
      rows.accept(
          BenchRow.of(
              "put of a unique page, shared",
              Unit.NANOS,
              fresh,
              Target.NONE,
              "limit: the same with deduplication off"));
      Comparison again =
          Comparison.of(
              bench.rounds(),
              () -> bench.nanosPerOperation(() -> putTwice(sharing, pages)),
              () -> bench.nanosPerOperation(() -> putTwice(plain, pages)));
      rows.accept(
          BenchRow.of(
              "put of an equal page, shared",
              Unit.NANOS,
              again,
              Target.NONE,
              "limit: the same with deduplication off"));
    }
  }

  private static void gain(PageStore store, SamplePages pages, Consumer<BenchRow> rows) {
    Pool pool = store.createPool("gain", PoolKind.PERSISTENT);
    StorePasses.putAll(store, pool, 0, pages);
    StorePasses.verify(store, pool, pages);
    DeduplicationStats stats = store.stats().policies().deduplication();
    long held = store.stats().tiers().get(0).zpageBytes();
    rows.accept(
        BenchRow.alone(
            "superfluous copies / pages",
            Unit.RATIO,
            (double) (stats.sharedPages() - stats.contents()) / pages.count(),
            Target.NONE,
            String.format(
                Locale.ROOT,
                "%,d pages share %,d contents; %,d of %,d pages compared were not the same",
                stats.sharedPages(),
                stats.contents(),
                stats.mismatches(),
                stats.comparisons())));
    rows.accept(
        BenchRow.alone(
            "zpage bytes saved",
            Unit.RATIO,
            (double) stats.savedBytes() / (held + stats.savedBytes()),
            Target.NONE,
            String.format(
                Locale.ROOT,
                "%,d bytes, less %,d of tables",
                stats.savedBytes(),
                stats.memoryBytes())));
    store.destroyPool(pool);
  }

  /** Every page made different from every other by its first word. */
  private static long putUnique(PageStore store, SamplePages pages) {
    Pool pool = store.createPool("unique", PoolKind.PERSISTENT);
    ByteBuffer page = ByteBuffer.allocateDirect(pages.pageBytes());
    ByteBuffer source = pages.view();
    long nanos = 0;
    for (int i = 0; i < pages.count(); i++) {
      page.put(0, source, pages.offset(i), pages.pageBytes());
      page.putLong(0, i + 1L);
      long start = System.nanoTime();
      StoreFullException.throwIfRefused(store.put(pool, 0, i, page));
      nanos += System.nanoTime() - start;
    }
    store.destroyPool(pool);
    return nanos;
  }

  /** Every page once without being timed, then once more under another object. */
  private static long putTwice(PageStore store, SamplePages pages) {
    Pool pool = store.createPool("equal", PoolKind.PERSISTENT);
    StorePasses.putAll(store, pool, 0, pages);
    long nanos = StorePasses.putAll(store, pool, 1, pages);
    store.destroyPool(pool);
    return nanos;
  }
}
