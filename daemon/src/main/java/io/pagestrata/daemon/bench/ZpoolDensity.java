// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.report.Unit;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** How much of its memory each zpool fills with zpages, and what it moves and evicts for that. */
final class ZpoolDensity implements ZpoolMeasurement {
  /** Times the memory of the pool that is stored in churn. */
  static final int CHURN = 10;

  @Override
  public String name() {
    return "density";
  }

  @Override
  public int steps(ZpoolContext context) {
    return sizes(context).size() * context.kinds().size();
  }

  private static List<ZpageSizes> sizes(ZpoolContext context) {
    List<ZpageSizes> all = new ArrayList<>(List.of(context.realSizes()));
    all.addAll(List.of(ZpageSizes.hard(context.pageBytes())));
    return all;
  }

  @Override
  public void run(ZpoolContext context, Consumer<ZpoolRow> rows) throws Exception {
    boolean real = true;
    for (ZpageSizes sizes : sizes(context)) {
      Rows of = new Rows(sizes, context.poolBytes());
      if (real) {
        of.filled.target(Target.atLeast(0.95), ZpoolKind.ZSMALLOC);
        of.churned.target(Target.atLeast(0.93), ZpoolKind.LOG);
        of.compacted.target(Target.atLeast(0.92), ZpoolKind.ZSMALLOC);
      }
      for (ZpoolKind kind : context.kinds()) {
        context.begin("density, " + sizes.name(), kind);
        measure(context, kind, sizes, of);
      }
      of.all(real).forEach(rows);
      real = false;
    }
  }

  private static void measure(ZpoolContext context, ZpoolKind kind, ZpageSizes sizes, Rows of)
      throws StoppedException {
    try (ZpoolChurn churn = context.churn(kind, sizes)) {
      churn.fill();
      of.filled.put(kind, churn.rig.density());
      of.filledPayload.put(kind, churn.rig.payloadDensity());
      churn.churn(CHURN);
      of.churned.put(kind, churn.meanDensity());
      of.churnedPayload.put(kind, churn.meanPayloadDensity());
      of.copies.put(kind, churn.copiesPerPut());
      of.copied.put(kind, churn.copiedPerByteGained());
      of.evictions.put(kind, churn.evictionsPerPut());
      churn.compactFully();
      churn.rig.releaseSpare();
      of.compacted.put(kind, churn.rig.density());
    }
  }

  /** The figures of one distribution of sizes. */
  private static final class Rows {
    private final ZpoolRow filled;
    private final ZpoolRow churned;
    private final ZpoolRow compacted;
    private final ZpoolRow filledPayload;
    private final ZpoolRow churnedPayload;
    private final ZpoolRow copies;
    private final ZpoolRow copied;
    private final ZpoolRow evictions;

    Rows(ZpageSizes sizes, long poolBytes) {
      double mib = sizes.poolShare() * poolBytes / (1 << 20);
      String name = sizes.name();
      filled =
          new ZpoolRow("density filled, " + name, Unit.RATIO)
              .note(
                  String.format(
                      Locale.ROOT, "mean payload %.0f B, pool of %.0f MiB", sizes.mean(), mib));
      churned =
          new ZpoolRow("density in churn, " + name, Unit.RATIO).note("mean over 10 x the pool");
      compacted = new ZpoolRow("density churned, compacted, " + name, Unit.RATIO);
      filledPayload =
          new ZpoolRow("payload alone, filled, " + name, Unit.RATIO).note("headers not counted");
      churnedPayload =
          new ZpoolRow("payload alone, in churn, " + name, Unit.RATIO).note("headers not counted");
      copies = new ZpoolRow("zpages copied per put, " + name, Unit.RATIO);
      copied = new ZpoolRow("bytes copied per byte gained, " + name, Unit.RATIO);
      evictions = new ZpoolRow("zpages evicted per put, " + name, Unit.RATIO);
    }

    List<ZpoolRow> all(boolean real) {
      return real
          ? List.of(
              filled, churned, compacted, filledPayload, churnedPayload, copies, copied, evictions)
          : List.of(filled, churned, compacted, copies);
    }
  }
}
