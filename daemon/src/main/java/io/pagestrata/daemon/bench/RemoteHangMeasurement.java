// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.report.Unit;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Gets from RAM and disk while a server hangs of which another thread wants pages. */
final class RemoteHangMeasurement implements Measurement {
  static final String NAME = "hang";
  private static final int SAMPLES_PER_ROUND = 6;
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long BREAK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final RemotePlace.Opener opener;

  RemoteHangMeasurement(RemotePlace.Opener opener) {
    this.opener = opener;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    try (RemotePlace place = opener.open();
        RemoteTraffic traffic = new RemoteTraffic(bench, place, NAME)) {
      Comparison gets =
          Comparison.of(
              bench.rounds(),
              () -> whileItHangs(bench, place, traffic),
              () -> traffic.rateFor(roundNanos(bench)));
      rows.accept(
          BenchRow.of(
              "gets from RAM and disk, a server hangs",
              Unit.PER_SECOND,
              gets,
              Target.atLeast(0.9),
              "limit: while it answers"));
    }
  }

  /** Long beside the moment in which the store finds out. */
  private static long roundNanos(BenchContext bench) {
    return SAMPLES_PER_ROUND * bench.settings().sampleNanos();
  }

  private static double whileItHangs(BenchContext bench, RemotePlace place, RemoteTraffic traffic)
      throws StoppedException, IOException {
    place.server().hang();
    try {
      return traffic.rateFor(roundNanos(bench));
    } finally {
      place.server().goOn();
      long start = System.nanoTime();
      while (RemoteStores.remote(traffic.store()).state() != TierState.OPEN) {
        StoppedException.throwIf(bench.stop());
        if (System.nanoTime() - start > MOST_NANOS) {
          throw new IOException("the server did not come back after it hung");
        }
        LockSupport.parkNanos(BREAK_NANOS);
      }
    }
  }
}
