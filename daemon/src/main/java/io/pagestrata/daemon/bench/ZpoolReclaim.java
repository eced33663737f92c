// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What eviction gives back: half of the zpages of a churned pool are evicted, the coldest regions
 * first, once without compaction and once with as much of it as the pool wants.
 */
final class ZpoolReclaim implements ZpoolMeasurement {
  @Override
  public String name() {
    return "reclaim";
  }

  @Override
  public int steps(ZpoolContext context) {
    return context.kinds().size();
  }

  @Override
  public void run(ZpoolContext context, Consumer<ZpoolRow> rows) throws Exception {
    ZpoolRow alone =
        new ZpoolRow("memory freed per byte evicted", Unit.RATIO)
            .target(Target.atLeast(0.95), ZpoolKind.LOG, ZpoolKind.ZBUD)
            .note("given back to the system; eviction alone");
    ZpoolRow compacting =
        new ZpoolRow("the same with compaction", Unit.RATIO).note("compaction after each region");
    ZpoolRow copied = new ZpoolRow("bytes copied for each byte freed so", Unit.RATIO);
    ZpoolRow written =
        new ZpoolRow("zpages evicted per page of memory freed", Unit.RATIO)
            .note("eviction alone: what would be written to disk");
    ZpoolRow oldest =
        new ZpoolRow("of the evicted, among the oldest", Unit.RATIO)
            .note("1: exactly in the order of puts");
    for (ZpoolKind kind : context.kinds()) {
      context.begin("reclaim", kind);
      try (ZpoolChurn churn = context.churn(kind, context.realSizes())) {
        churn.fill();
        churn.churn(ZpoolDensity.CHURN);
        Eviction first = evictHalf(churn, false);
        alone.put(kind, first.freedPerByte());
        written.put(kind, first.zpagesPerPage(context.pageBytes()));
        oldest.put(kind, first.amongOldest());
        churn.churn(1);
        Eviction second = evictHalf(churn, true);
        compacting.put(kind, second.freedPerByte());
        copied.put(kind, second.copiedPerByte());
      }
    }
    List.of(alone, compacting, copied, written, oldest).forEach(rows);
  }

  /** What came of evicting half of a pool. */
  private record Eviction(
      long zpages, long bytes, long freedBytes, long copiedBytes, double amongOldest) {
    double freedPerByte() {
      return (double) freedBytes / bytes;
    }

    double copiedPerByte() {
      return freedBytes == 0 ? Double.NaN : (double) copiedBytes / freedBytes;
    }

    double zpagesPerPage(int pageBytes) {
      return freedBytes == 0 ? Double.NaN : (double) zpages * pageBytes / freedBytes;
    }
  }

  private static Eviction evictHalf(ZpoolChurn churn, boolean compacting) throws StoppedException {
    ZpoolRig rig = churn.rig;
    if (compacting) {
      churn.compactFully();
    }
    rig.releaseSpare();
    long taken = rig.takenBytes();
    long zpages = rig.evictedZpages();
    long bytes = rig.evictedBytes();
    long copied = rig.pool.stats().compactedBytes();
    long[] before = numbers(churn);
    long half = rig.liveBytes() / 2;
    while (rig.evictedBytes() - bytes < half && rig.evict()) {
      if (compacting) {
        churn.compactFully();
      }
    }
    rig.releaseSpare();
    return new Eviction(
        rig.evictedZpages() - zpages,
        rig.evictedBytes() - bytes,
        taken - rig.takenBytes(),
        rig.pool.stats().compactedBytes() - copied,
        amongOldest(churn, before));
  }

  private static long[] numbers(ZpoolChurn churn) {
    long[] numbers = new long[churn.pages()];
    for (int page = 0; page < numbers.length; page++) {
      numbers[page] = churn.rig.number(page);
    }
    return numbers;
  }

  /** Share of what left that exact order of puts would have chosen. */
  private static double amongOldest(ZpoolChurn churn, long[] before) {
    long[] held = Arrays.stream(before).filter(number -> number > 0).sorted().toArray();
    int left = 0;
    for (int page = 0; page < before.length; page++) {
      left += before[page] > 0 && !churn.rig.holds(page) ? 1 : 0;
    }
    int right = 0;
    for (int page = 0; page < before.length && left > 0; page++) {
      boolean gone = before[page] > 0 && !churn.rig.holds(page);
      right += gone && before[page] <= held[left - 1] ? 1 : 0;
    }
    return (double) right / left;
  }
}
