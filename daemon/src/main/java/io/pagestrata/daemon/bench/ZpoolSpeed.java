// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.daemon.bench.ZpoolPasses.Step;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Nanoseconds of a store, a load and a free in a pool with room, beside the bare copy of the same
 * bytes. All kinds take turns in every round, so that a busy moment meets them alike.
 */
final class ZpoolSpeed implements ZpoolMeasurement {
  private static final int[] CROWDS = {1, 2};
  private static final int WARM_UP_ROUNDS = 2;
  private static final long LEAST_BYTES = 32L << 20;

  /** A pool in which half of each page is lost and which fragments still has room. */
  private static final int ROOMY = 8;

  @Override
  public String name() {
    return "speed";
  }

  @Override
  public int steps(ZpoolContext context) {
    return CROWDS.length * (WARM_UP_ROUNDS + context.bench().rounds()) * context.kinds().size();
  }

  @Override
  public void run(ZpoolContext context, Consumer<ZpoolRow> rows) throws Exception {
    Map<ZpoolKind, ZpoolRig> rigs = new EnumMap<>(ZpoolKind.class);
    try {
      for (ZpoolKind kind : context.kinds()) {
        long bytes = Math.max(LEAST_BYTES, ROOMY * context.zpages().payloadBytes());
        rigs.put(kind, new ZpoolRig(kind, bytes, context.pageBytes(), 0, true));
      }
      for (int threads : CROWDS) {
        try (Crowd crowd = new Crowd(threads)) {
          measure(context, rigs, crowd, threads, rows);
        }
      }
    } finally {
      rigs.values().forEach(ZpoolRig::close);
    }
  }

  private static void measure(
      ZpoolContext context,
      Map<ZpoolKind, ZpoolRig> rigs,
      Crowd crowd,
      int threads,
      Consumer<ZpoolRow> rows)
      throws Exception {
    BenchContext bench = context.bench();
    ZpoolPasses passes = new ZpoolPasses(bench, context.zpages());
    double[][] copies = new double[bench.rounds()][];
    Map<ZpoolKind, double[][]> ours = new LinkedHashMap<>();
    rigs.keySet().forEach(kind -> ours.put(kind, new double[bench.rounds()][]));
    for (int round = -WARM_UP_ROUNDS; round < bench.rounds(); round++) {
      double[] copy = sample(bench, passes, null, crowd, threads);
      for (ZpoolKind kind : rigs.keySet()) {
        context.begin("speed, threads: " + threads, kind);
        double[] steps = sample(bench, passes, rigs.get(kind).pool, crowd, threads);
        if (round >= 0) {
          copies[round] = copy;
          ours.get(kind)[round] = steps;
        }
      }
    }
    String suffix = threads == 1 ? ", 1 thread" : ", " + threads + " threads";
    String note =
        String.format(
            Locale.ROOT,
            "limit: bare copy of the zpage, mean %.0f B",
            ZpageHeader.BYTES + (double) context.zpages().payloadBytes() / bench.pages().count());
    for (Step step : Step.values()) {
      ZpoolRow row = new ZpoolRow(step.name().toLowerCase(Locale.ROOT) + suffix, Unit.NANOS);
      ours.forEach((kind, rounds) -> row.put(kind, median(rounds, step, null)));
      rows.accept(step == Step.FREE ? row : row.limit(median(copies, step, null)).note(note));
    }
    for (Step step : new Step[] {Step.STORE, Step.LOAD}) {
      ZpoolRow row =
          new ZpoolRow(
                  step.name().toLowerCase(Locale.ROOT) + " beyond the copy" + suffix, Unit.NANOS)
              .target(Target.atMost(200), ZpoolKind.LOG)
              .note("of the fastest passes of each round");
      ours.forEach((kind, rounds) -> row.put(kind, median(rounds, step, copies)));
      rows.accept(row);
    }
  }

  private static double median(double[][] rounds, Step step, double[][] less) {
    double[] values = new double[rounds.length];
    Arrays.setAll(
        values,
        round -> rounds[round][step.ordinal()] - (less == null ? 0 : less[round][step.ordinal()]));
    return Comparison.median(values);
  }

  /**
   * Nanoseconds of each step for one zpage; without a pool, those of the bare copies. Each is that
   * of the fastest of many short passes, since other work of the machine only ever adds.
   */
  private static double[] sample(
      BenchContext bench, ZpoolPasses passes, Zpool pool, Crowd crowd, int threads)
      throws Exception {
    double[] fastest = new double[Step.values().length];
    Arrays.fill(fastest, Double.POSITIVE_INFINITY);
    double zpages = (double) bench.pages().count() / threads;
    long end = System.nanoTime() + bench.settings().sampleNanos();
    do {
      StoppedException.throwIf(bench.stop());
      long[] nanos = passes.run(pool, crowd, threads);
      for (int i = 0; i < nanos.length; i++) {
        fastest[i] = Math.min(fastest[i], nanos[i] / zpages);
      }
    } while (System.nanoTime() - end < 0);
    return fastest;
  }
}
