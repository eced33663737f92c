// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.config.EncryptionMode;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.crypt.BareCipher;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Refaults and write-back of an encrypted store beside those of one in the clear, through the page
 * cache and past it, and what AES-GCM takes of it.
 */
final class EncryptionMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final double MOST_RATIO = 1.25;
  private static final int REFAULTS = 512;

  @Override
  public String name() {
    return "encryption";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    CipherWarmUp.run(bench);
    measureBare(bench, rows);
    measure(bench, rows, false);
    try {
      measure(bench, rows, true);
    } catch (InvalidConfigurationException e) {
      // The file system of the benchmark has no direct I/O: there are no rows of it.
    }
  }

  private static void measureBare(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    BareZpages zpages = new BareZpages(bench.pages(), bench.codec());
    int count = bench.pages().count();
    byte[][] clear = new byte[count][];
    byte[][] sealed = new byte[count][];
    for (int i = 0; i < count; i++) {
      clear[i] = new byte[zpages.payloadBytes(i)];
      sealed[i] = new byte[clear[i].length + BareCipher.TAG_BYTES];
    }
    BareCipher cipher = new BareCipher();
    rows.accept(bare(bench, "AES-GCM seals", i -> cipher.seal(clear[i], sealed[i], i)));
    rows.accept(bare(bench, "AES-GCM opens", i -> cipher.open(sealed[i], clear[i], i)));
  }

  private static BenchRow bare(BenchContext bench, String name, IntConsumer operation)
      throws Exception {
    double nanos =
        Comparison.alone(
            bench.rounds(),
            () ->
                bench.nanosPerOperation(
                    () -> {
                      long start = System.nanoTime();
                      for (int i = 0; i < bench.pages().count(); i++) {
                        operation.accept(i);
                      }
                      return System.nanoTime() - start;
                    }));
    return BenchRow.alone(
        name, Unit.NANOS, nanos, Target.NONE, "as many bytes as the payload of a zpage");
  }

  private static void measure(BenchContext bench, Consumer<BenchRow> rows, boolean directIo)
      throws Exception {
    SamplePages pages = bench.pages();
    try (TemporaryDirectory sealed = bench.newDirectory();
        TemporaryDirectory clear = bench.newDirectory();
        PageStore ours = open(bench, sealed, EncryptionMode.EPHEMERAL, directIo);
        PageStore limit = open(bench, clear, EncryptionMode.NONE, directIo)) {
      Pool ourPool = ours.createPool("encrypted", PoolKind.PERSISTENT);
      Pool limitPool = limit.createPool("clear", PoolKind.PERSISTENT);
      String way = directIo ? "direct I/O" : "encrypted";
      rows.accept(
          BenchRow.of(
              "write back, " + way,
              Unit.NANOS,
              Comparison.of(
                  bench.rounds(),
                  () -> nanosToWriteBack(bench, ours, ourPool),
                  () -> nanosToWriteBack(bench, limit, limitPool)),
              Target.NONE,
              "a page; limit: the same in the clear"));
      int[] order = pages.shuffled(bench.settings().seed());
      rows.accept(
          BenchRow.of(
              "refault, " + way,
              Unit.NANOS,
              Comparison.of(
                  bench.rounds(),
                  () -> nanosToRefault(bench, ours, ourPool, order),
                  () -> nanosToRefault(bench, limit, limitPool, order)),
              Target.atMost(MOST_RATIO),
              (directIo ? "past the page cache" : "cached file")
                  + "; limit: the same in the clear"));
      StorePasses.verify(ours, ourPool, pages);
    }
  }

  /** Room in RAM for all pages, so that the request alone writes them back. */
  private static PageStore open(
      BenchContext bench,
      TemporaryDirectory directory,
      EncryptionMode encryption,
      boolean directIo) {
    long bytes = (long) bench.pages().count() * bench.pages().pageBytes();
    return BenchStores.tiered(
        bench.settings(),
        directory.path(),
        64 * MIB + 2 * bytes,
        4 * SEGMENT_BYTES + 4 * bytes,
        SEGMENT_BYTES,
        PromotionMode.NEVER,
        file -> file.encryption(encryption).directIo(directIo));
  }

  private static double nanosToWriteBack(BenchContext bench, PageStore store, Pool pool)
      throws Exception {
    StorePasses.putAll(store, pool, 0, bench.pages());
    long start = System.nanoTime();
    store.writeBack(WritebackRequest.everything());
    return (double) (System.nanoTime() - start) / bench.pages().count();
  }

  /** So many pages at a time that a sample past the page cache does not take a pass over all. */
  private static double nanosToRefault(BenchContext bench, PageStore store, Pool pool, int[] order)
      throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(bench.pages().pageBytes());
    int step = Math.min(REFAULTS, order.length);
    long nanos = 0;
    long operations = 0;
    for (int first = 0; nanos < bench.settings().sampleNanos(); first += step) {
      StoppedException.throwIf(bench.stop());
      first = first + step > order.length ? 0 : first;
      nanos += StorePasses.get(store, pool, order, first, first + step, target);
      operations += step;
    }
    return (double) nanos / operations;
  }
}
