// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Bytes written for each byte stored, with uniform overwrites, on a disk that is 80 % live and on
 * one that is 60 % live: what room a disk must have is the one thing that an operator can choose.
 */
final class AmplificationMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = MIB;
  private static final long RAM_BYTES = 8 * MIB;
  private static final double JUDGED_UTILISATION = 0.8;
  private static final double ROOMY_UTILISATION = 0.6;
  private static final int LEAST_PAGES = 300_000;
  private static final int PROBE_TURNS = 1;
  private static final int WARM_UP_TURNS = 2;
  private static final int MEASURED_TURNS = 3;

  @Override
  public String name() {
    return "amplification";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    int pages = Math.max(LEAST_PAGES, bench.pages().count());
    long roomy = 4L * pages * bench.pages().pageBytes();
    long[] live = new long[1];
    drive(bench, pages, roomy, PROBE_TURNS, 0, (before, after) -> live[0] = after.zpageBytes());
    for (double utilisation : new double[] {JUDGED_UTILISATION, ROOMY_UTILISATION}) {
      long diskBytes = (long) (live[0] / utilisation) / SEGMENT_BYTES * SEGMENT_BYTES;
      drive(
          bench,
          pages,
          diskBytes,
          WARM_UP_TURNS,
          MEASURED_TURNS,
          (before, after) -> rows.accept(row(utilisation, before, after)));
    }
  }

  private static BenchRow row(double utilisation, TierStats before, TierStats after) {
    double written = after.writtenBytes() - before.writtenBytes();
    double stored = after.storedBytes() - before.storedBytes();
    double liveShare = (double) after.zpageBytes() / after.limitBytes();
    return new BenchRow(
        String.format(Locale.ROOT, "write amplification, %.0f %%", 100 * utilisation),
        Unit.RATIO,
        written / stored,
        WriteAmplification.uniformOverwrites(liveShare),
        null,
        utilisation == JUDGED_UTILISATION ? Target.atMost(1.5) : null,
        String.format(Locale.ROOT, "%.0f %% live; limit: theory, cleaned by age", 100 * liveShare));
  }

  /** Puts all pages, overwrites at random, and shows the disk before and after the last turns. */
  private static void drive(
      BenchContext bench,
      int pages,
      long diskBytes,
      int warmUpTurns,
      int turns,
      BiConsumer<TierStats, TierStats> figures)
      throws Exception {
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store =
            BenchStores.tiered(
                bench.settings(),
                directory.path(),
                RAM_BYTES,
                diskBytes,
                SEGMENT_BYTES,
                PromotionMode.NEVER)) {
      Pool pool = store.createPool("amplification", PoolKind.PERSISTENT);
      SplittableRandom random = new SplittableRandom(bench.settings().seed());
      ByteBuffer source = bench.pages().view();
      for (int page = 0; page < pages; page++) {
        put(bench, store, pool, source, page);
      }
      overwrite(bench, store, pool, source, random, pages, warmUpTurns);
      TierStats before = store.stats().tiers().get(1);
      overwrite(bench, store, pool, source, random, pages, turns);
      figures.accept(before, store.stats().tiers().get(1));
    }
  }

  private static void overwrite(
      BenchContext bench,
      PageStore store,
      Pool pool,
      ByteBuffer source,
      SplittableRandom random,
      int pages,
      int turns)
      throws StoppedException {
    for (long i = 0; i < (long) turns * pages; i++) {
      put(bench, store, pool, source, random.nextInt(pages));
      if ((i & 0xfff) == 0) {
        StoppedException.throwIf(bench.stop());
      }
    }
  }

  private static void put(
      BenchContext bench, PageStore store, Pool pool, ByteBuffer source, int page) {
    source.position(bench.pages().offset(page % bench.pages().count()));
    StoreFullException.throwIfRefused(store.put(pool, 0, page, source));
  }
}
