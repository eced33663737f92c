// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.EncryptionMode;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Refaults and write-back of an encrypted store beside those of one in the clear. */
final class EncryptionMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final double MOST_RATIO = 1.25;

  @Override
  public String name() {
    return "encryption";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    try (TemporaryDirectory sealed = bench.newDirectory();
        TemporaryDirectory clear = bench.newDirectory();
        PageStore ours = open(bench, sealed, EncryptionMode.EPHEMERAL);
        PageStore limit = open(bench, clear, EncryptionMode.NONE)) {
      Pool ourPool = ours.createPool("encrypted", PoolKind.PERSISTENT);
      Pool limitPool = limit.createPool("clear", PoolKind.PERSISTENT);
      rows.accept(
          BenchRow.of(
              "write back, encrypted",
              Unit.NANOS,
              Comparison.of(
                  bench.rounds(),
                  () -> nanosToWriteBack(bench, ours, ourPool),
                  () -> nanosToWriteBack(bench, limit, limitPool)),
              Target.atMost(MOST_RATIO),
              "a page; limit: the same in the clear"));
      int[] order = pages.shuffled(bench.settings().seed());
      ByteBuffer target = ByteBuffer.allocateDirect(pages.pageBytes());
      rows.accept(
          BenchRow.of(
              "refault, encrypted",
              Unit.NANOS,
              Comparison.of(
                  bench.rounds(),
                  () ->
                      bench.nanosPerOperation(
                          () -> StorePasses.get(ours, ourPool, order, 0, order.length, target)),
                  () ->
                      bench.nanosPerOperation(
                          () -> StorePasses.get(limit, limitPool, order, 0, order.length, target))),
              Target.atMost(MOST_RATIO),
              "cached file; limit: the same in the clear"));
      StorePasses.verify(ours, ourPool, pages);
    }
  }

  /** Room in RAM for all pages, so that the request alone writes them back. */
  private static PageStore open(
      BenchContext bench, TemporaryDirectory directory, EncryptionMode encryption) {
    long bytes = (long) bench.pages().count() * bench.pages().pageBytes();
    return BenchStores.tiered(
        bench.settings(),
        directory.path(),
        64 * MIB + 2 * bytes,
        4 * SEGMENT_BYTES + 4 * bytes,
        SEGMENT_BYTES,
        PromotionMode.NEVER,
        encryption);
  }

  private static double nanosToWriteBack(BenchContext bench, PageStore store, Pool pool)
      throws Exception {
    StorePasses.putAll(store, pool, 0, bench.pages());
    long start = System.nanoTime();
    store.writeBack(WritebackRequest.everything());
    return (double) (System.nanoTime() - start) / bench.pages().count();
  }
}
