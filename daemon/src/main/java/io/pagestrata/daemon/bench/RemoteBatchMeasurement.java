// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.remote.BareClient;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Batches that the tier stores and fetches, beside MSET and MGET of the same values. */
final class RemoteBatchMeasurement implements Measurement {
  static final String NAME = "batch";
  private static final long MEMORY_BYTES = 1L << 30;
  private static final long SERVER_BYTES = 1L << 30;
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RemotePlace.Opener opener;

  RemoteBatchMeasurement(RemotePlace.Opener opener) {
    this.opener = opener;
  }

  /** Nobody has other plans with what lies in the tier. */
  static final class NoHost implements TierHost {
    @Override
    public boolean isLive(ByteBuffer memory, int offset, long locator) {
      return true;
    }

    @Override
    public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
      return false;
    }

    @Override
    public void underPressure() {
      // Each batch is freed before the next one.
    }

    @Override
    public void spaceFreed() {
      // Nobody waits for it.
    }
  }

  /** Does something with a batch and says how many nanoseconds count. */
  @FunctionalInterface
  private interface Step {
    long run(RemoteBatches.Batch batch) throws IOException;
  }

  static RemoteTier open(RemotePlace place, String part, int pageBytes) throws IOException {
    RemoteTier tier =
        new RemoteTier(
            RemoteSettings.of(place.access(), RemotePlace.namespace(part), SERVER_BYTES, pageBytes),
            new MemoryBudget(MEMORY_BYTES),
            System::nanoTime);
    tier.attach(new NoHost());
    return tier;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    CipherWarmUp.run(bench);
    try (RemotePlace place = opener.open();
        BareClient bare = new BareClient(place.access(), RemotePlace.namespace("bare"));
        RemoteTier tier = open(place, NAME, bench.pages().pageBytes())) {
      List<RemoteBatches.Batch> batches =
          RemoteBatches.of(new BareZpages(bench.pages(), bench.codec()), bench.pages(), bare);
      rows.accept(
          row(
              "pages stored, " + place.name(),
              bench,
              batches,
              batch -> store(tier, batch),
              batch -> store(bare, batch),
              "limit: MSET of 64"));
      rows.accept(
          row(
              "pages fetched, " + place.name(),
              bench,
              batches,
              batch -> fetch(tier, batch),
              batch -> fetch(bare, batch),
              "limit: MGET of 64"));
    }
  }

  private static BenchRow row(
      String name,
      BenchContext bench,
      List<RemoteBatches.Batch> batches,
      Step ours,
      Step limit,
      String note)
      throws Exception {
    Comparison comparison =
        Comparison.of(
            bench.rounds(), () -> rate(bench, batches, ours), () -> rate(bench, batches, limit));
    return BenchRow.of(name, Unit.PER_SECOND, comparison, Target.atLeast(0.7), note);
  }

  private static double rate(BenchContext bench, List<RemoteBatches.Batch> batches, Step step)
      throws Exception {
    long nanos = 0;
    long pages = 0;
    for (int i = 0; nanos < bench.settings().sampleNanos(); i = (i + 1) % batches.size()) {
      StoppedException.throwIf(bench.stop());
      nanos += step.run(batches.get(i));
      pages += RemoteBatches.ZPAGES;
    }
    return pages * NANOS_PER_SECOND / nanos;
  }

  private static long store(RemoteTier tier, RemoteBatches.Batch batch) throws IOException {
    long start = System.nanoTime();
    TierOutcome outcome = tier.store(batch.zpages());
    long nanos = System.nanoTime() - start;
    requireStored(outcome, tier);
    clear(tier, batch);
    return nanos;
  }

  private static long store(BareClient bare, RemoteBatches.Batch batch) {
    long start = System.nanoTime();
    bare.store(batch.values());
    long nanos = System.nanoTime() - start;
    bare.remove(batch.keys());
    return nanos;
  }

  /** Fetches the batch as eviction of pages without mirror does. */
  private static long fetch(RemoteTier tier, RemoteBatches.Batch batch) throws IOException {
    requireStored(tier.store(batch.zpages()), tier);
    int[] shown = new int[1];
    long start = System.nanoTime();
    long group =
        tier.reclaim((memory, offset, bytes, locator, backing) -> shown[0]++, Long.MAX_VALUE);
    long nanos = System.nanoTime() - start;
    if (group == UpperTier.NOTHING || shown[0] != RemoteBatches.ZPAGES) {
      throw new IOException("the tier showed " + shown[0] + " pages of 64");
    }
    tier.settle(group);
    clear(tier, batch);
    return nanos;
  }

  private static long fetch(BareClient bare, RemoteBatches.Batch batch) throws IOException {
    bare.store(batch.values());
    long start = System.nanoTime();
    int found = bare.getAll(batch.keys());
    long nanos = System.nanoTime() - start;
    if (found != RemoteBatches.ZPAGES) {
      throw new IOException("the servers have " + found + " values of 64");
    }
    bare.remove(batch.keys());
    return nanos;
  }

  static void requireStored(TierOutcome outcome, RemoteTier tier) throws IOException {
    if (outcome != TierOutcome.STORED) {
      throw new IOException(
          "the servers refused a batch (" + outcome + "): " + tier.stats().state());
    }
  }

  static void clear(RemoteTier tier, RemoteBatches.Batch batch) {
    for (int i = 0; i < batch.zpages().count(); i++) {
      tier.free(batch.zpages().toLocator(i));
    }
    tier.maintain();
  }
}
