// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.remote.BareClient;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Single refaults from a server, decompression included, beside GET of the same values. */
final class RemoteRefaultMeasurement implements Measurement {
  static final String NAME = "refault";
  private static final int MOST_SAMPLES = 1 << 17;
  private static final double MEDIAN = 0.5;
  private static final double NINETY_NINE = 0.99;

  private final RemotePlace.Opener opener;

  RemoteRefaultMeasurement(RemotePlace.Opener opener) {
    this.opener = opener;
  }

  /** Gets one page. */
  @FunctionalInterface
  private interface Get {
    boolean get(int page);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    SamplePages pages = bench.pages();
    try (RemotePlace place = opener.open();
        BareClient bare = new BareClient(place.access(), RemotePlace.namespace("bare"));
        TemporaryDirectory directory = bench.newDirectory();
        PageStore store = RemoteStores.open(bench, place, NAME, directory.path())) {
      Pool pool = store.createPool(NAME, PoolKind.PERSISTENT);
      StorePasses.putAll(store, pool, 0, pages);
      RemoteStores.writeBack(store, 0);
      RemoteStores.requireRemote(store, pages.count());
      List<RemoteBatches.Batch> batches =
          RemoteBatches.of(new BareZpages(pages, bench.codec()), pages, bare);
      batches.forEach(batch -> bare.store(batch.values()));
      ByteBuffer target = ByteBuffer.allocateDirect(pages.pageBytes());
      Get ours = page -> store.get(pool, 0, page, target.clear());
      Get limit = page -> bare.get(key(batches, page)) != null;
      rows.accept(row("refault p50, ", MEDIAN, Target.atMost(1.2), bench, place, ours, limit));
      rows.accept(row("refault p99, ", NINETY_NINE, Target.NONE, bench, place, ours, limit));
      batches.forEach(batch -> bare.remove(batch.keys()));
      StorePasses.verify(store, pool, pages);
    }
  }

  private static byte[] key(List<RemoteBatches.Batch> batches, int page) {
    return batches.get(page / RemoteBatches.ZPAGES).keys()[page % RemoteBatches.ZPAGES];
  }

  private static BenchRow row(
      String name,
      double share,
      Target target,
      BenchContext bench,
      RemotePlace place,
      Get ours,
      Get limit)
      throws Exception {
    Comparison comparison =
        Comparison.of(
            bench.rounds(),
            () -> nanosWithin(share, bench, ours),
            () -> nanosWithin(share, bench, limit));
    return BenchRow.of(
        name + place.name(), Unit.NANOS, comparison, target, "limit: GET; ours decompresses, too");
  }

  /** Time within which a share of the gets of random pages ended. */
  private static double nanosWithin(double share, BenchContext bench, Get get) throws Exception {
    int[] order = bench.pages().shuffled(bench.settings().seed());
    int whole = order.length - order.length % RemoteBatches.ZPAGES;
    long[] nanos = new long[MOST_SAMPLES];
    long sum = 0;
    int n = 0;
    for (int i = 0; n < nanos.length && sum < bench.settings().sampleNanos(); i++) {
      int page = order[i % order.length];
      if (page >= whole) {
        continue;
      }
      StoppedException.throwIf(bench.stop());
      long start = System.nanoTime();
      boolean found = get.get(page);
      nanos[n] = System.nanoTime() - start;
      sum += nanos[n++];
      if (!found) {
        throw new IllegalStateException("page " + page + " is gone");
      }
    }
    long[] sorted = Arrays.copyOf(nanos, n);
    Arrays.sort(sorted);
    return sorted[(int) (share * (n - 1))];
  }
}
