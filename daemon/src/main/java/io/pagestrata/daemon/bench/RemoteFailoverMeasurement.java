// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.remote.BareClient;
import io.pagestrata.tiers.remote.RemoteTier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A master of a cluster dies and its replica takes over: gets from RAM and disk meanwhile, and how
 * long it takes until batches go to its shard again.
 */
final class RemoteFailoverMeasurement implements Measurement {
  static final String NAME = "failover";
  private static final int SHARD = 1;
  private static final long BEFORE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Three node timeouts. */
  private static final double LIMIT_NANOS = TimeUnit.SECONDS.toNanos(6);

  private final RemotePlace.Opener opener;

  RemoteFailoverMeasurement(RemotePlace.Opener opener) {
    this.opener = opener;
  }

  /** Stores batches until one of them lies on a server. */
  private static final class Writes implements Runnable {
    private final RemoteTier tier;
    private final RemoteBatches.Batch batch;
    private final String server;
    private final long startNanos = System.nanoTime();
    private volatile long nanos;

    Writes(RemoteTier tier, RemoteBatches.Batch batch, LocalServer server) {
      this.tier = tier;
      this.batch = batch;
      this.server = ":" + server.port();
    }

    @Override
    public void run() {
      boolean there = false;
      while (!there && System.nanoTime() - startNanos < MOST_NANOS) {
        if (tier.store(batch.zpages()) == TierOutcome.STORED) {
          there = tier.describe(batch.zpages().toLocator(0)).endsWith(server);
          RemoteBatchMeasurement.clear(tier, batch);
        } else {
          tier.maintain();
        }
        LockSupport.parkNanos(PACE_NANOS);
      }
      nanos = System.nanoTime() - startNanos;
    }

    boolean areOver() {
      return nanos != 0;
    }

    double nanos() {
      return nanos;
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    int rounds = bench.rounds();
    double[] before = new double[rounds];
    double[] during = new double[rounds];
    double[] ratios = new double[rounds];
    double[] again = new double[rounds];
    try (RemotePlace place = opener.open();
        BareClient bare = new BareClient(place.access(), RemotePlace.namespace("bare"));
        RemoteTier tier = RemoteBatchMeasurement.open(place, NAME, bench.pages().pageBytes());
        RemoteTraffic traffic = new RemoteTraffic(bench, place, "gets")) {
      BareZpages zpages = new BareZpages(bench.pages(), bench.codec());
      RemoteBatches.Batch batch = RemoteBatches.of(zpages, bench.pages(), bare).get(0);
      traffic.rateFor(BEFORE_NANOS);
      LocalServer master = place.cluster().master(SHARD);
      LocalServer heir = place.cluster().replica(SHARD);
      for (int round = 0; round < rounds; round++) {
        before[round] = traffic.rateFor(BEFORE_NANOS);
        master.kill();
        Writes writes = new Writes(tier, batch, heir);
        Thread writer = new Thread(writes, "bench-remote-writes");
        writer.start();
        during[round] = traffic.rateUntil(writes::areOver);
        writer.join();
        ratios[round] = during[round] / before[round];
        again[round] = writes.nanos();
        master.restart();
        master.awaitLink();
        LocalServer dead = master;
        master = heir;
        heir = dead;
      }
    }
    rows.accept(
        BenchRow.of(
            "gets from RAM and disk, a master dies",
            Unit.PER_SECOND,
            new Comparison(
                Comparison.median(during), Comparison.median(before), Comparison.median(ratios)),
            Target.atLeast(0.9),
            "limit: before it died"));
    double median = Comparison.median(again);
    rows.accept(
        BenchRow.of(
            "writes reach its shard again after",
            Unit.NANOS,
            new Comparison(median, LIMIT_NANOS, median / LIMIT_NANOS),
            Target.atMost(1),
            "limit: three node timeouts"));
  }
}
