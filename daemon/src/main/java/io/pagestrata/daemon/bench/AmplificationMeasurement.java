// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Bytes written for each byte stored, with uniform overwrites on a disk that is 80 % live. */
final class AmplificationMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = MIB;
  private static final long RAM_BYTES = 8 * MIB;
  private static final double UTILISATION = 0.8;
  private static final int WARM_UP_TURNS = 2;
  private static final int MEASURED_TURNS = 3;

  @Override
  public String name() {
    return "amplification";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    BareZpages zpages = new BareZpages(pages, bench.codec());
    long liveBytes = zpages.payloadBytes() + (long) pages.count() * ZpageHeader.BYTES;
    long diskBytes = (long) (liveBytes / UTILISATION) / SEGMENT_BYTES * SEGMENT_BYTES;
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
      StorePasses.putAll(store, pool, 0, pages);
      SplittableRandom random = new SplittableRandom(bench.settings().seed());
      overwrite(bench, store, pool, random, WARM_UP_TURNS);
      StoreStats before = store.stats();
      overwrite(bench, store, pool, random, MEASURED_TURNS);
      StoreStats after = store.stats();
      TierStats start = before.tiers().get(1);
      TierStats end = after.tiers().get(1);
      double written = end.writtenBytes() - start.writtenBytes();
      double stored = end.storedBytes() - start.storedBytes();
      double utilisation = (double) end.zpageBytes() / end.limitBytes();
      rows.accept(
          new BenchRow(
              "write amplification",
              Unit.RATIO,
              written / stored,
              WriteAmplification.uniformOverwrites(utilisation),
              null,
              Target.atMost(1.5),
              String.format(
                  Locale.ROOT,
                  "%.0f %% live; limit: LFS theory, whole disk by age",
                  100 * utilisation)));
    }
  }

  private static void overwrite(
      BenchContext bench, PageStore store, Pool pool, SplittableRandom random, int turns)
      throws StoppedException {
    SamplePages pages = bench.pages();
    ByteBuffer source = pages.view();
    for (long i = 0; i < (long) turns * pages.count(); i++) {
      int page = random.nextInt(pages.count());
      source.position(pages.offset(page));
      if (store.put(pool, 0, page, source) != PutOutcome.STORED) {
        throw new IllegalStateException("put refused");
      }
      if ((i & 0xfff) == 0) {
        StoppedException.throwIf(bench.stop());
      }
    }
  }
}
