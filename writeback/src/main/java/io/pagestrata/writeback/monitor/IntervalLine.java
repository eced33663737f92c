// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.movement.DropStats;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.WriteBudgetStats;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the line of totals out of the difference of two snapshots. Owned by one thread. */
final class IntervalLine {
  private final MonitorFeed feed;
  private WritebackStats before = WritebackStats.ZERO;
  private DropStats dropsBefore = DropStats.NONE;
  private final TierChanges tiers = new TierChanges();
  private long stallsBefore;
  private long beforeNanos;

  IntervalLine(MonitorFeed feed, long nowNanos) {
    this.feed = feed;
    beforeNanos = nowNanos;
  }

  /** Totals since the last call, or null when nothing moved, was stored or waited. */
  MonitorEvent next(long nowNanos) {
    WritebackStats now = feed.movements().get();
    long stallsNow = feed.stalls().getAsLong();
    long tookNanos = nowNanos - beforeNanos;
    WritebackStats last = before;
    long stalls = stallsNow - stallsBefore;
    before = now;
    stallsBefore = stallsNow;
    beforeNanos = nowNanos;
    DropStats dropsNow = feed.drops().get();
    DropStats drops = dropsNow.since(dropsBefore);
    dropsBefore = dropsNow;
    tiers.next(feed.tiers().get());
    if (now.equals(last) && stalls == 0 && drops.equals(DropStats.NONE) && !tiers.isAny()) {
      return null;
    }
    MonitorEvent line = new MonitorEvent(EventKind.INTERVAL);
    addOccasional(line, drops);
    addMovements(line, now, last, tookNanos);
    Map<String, Double> fill = tiers.fill();
    if (!fill.isEmpty()) {
      line.with(Field.FILL, fill);
    }
    return line.with(Field.STALLS, stalls)
        .with(Field.STORED, tiers.stored())
        .with(Field.WRITTEN, tiers.written());
  }

  /** What most stores never have to tell. */
  private void addOccasional(MonitorEvent line, DropStats drops) {
    Map<String, Double> budget = budget();
    if (!budget.isEmpty()) {
      line.with(Field.BUDGET, budget);
    }
    if (!drops.equals(DropStats.NONE)) {
      line.with(Field.DROPS, reasons(drops));
    }
    Map<String, Long> errors = tiers.errors();
    if (!errors.isEmpty()) {
      line.with(Field.ERRORS, errors);
    }
  }

  private void addMovements(
      MonitorEvent line, WritebackStats now, WritebackStats last, long tookNanos) {
    long pages = now.writtenPages() - last.writtenPages();
    long payload = now.writtenPayloadBytes() - last.writtenPayloadBytes();
    long out = now.writtenBatchBytes() - last.writtenBatchBytes();
    line.with(Field.TOOK, tookNanos)
        .with(Field.PAGES, pages)
        .with(Field.PAYLOAD, payload)
        .with(Field.OUT, out)
        .with(Field.RATIO, (double) pages * feed.pageBytes() / payload)
        .with(Field.RATE, out * 1e3 / tookNanos)
        .with(Field.QUEUE, now.queueDepth())
        .with(Field.CANCELLED, now.cancelledShadows() - last.cancelledShadows())
        .with(Field.KEPT, now.keptPages() - last.keptPages())
        .with(Field.DEMOTED, now.demotedPages() - last.demotedPages())
        .with(Field.CLEAN, now.cleanEvictions() - last.cleanEvictions())
        .with(Field.DROPPED, now.droppedPages() - last.droppedPages())
        .with(Field.CHANCES, now.secondChances() - last.secondChances())
        .with(Field.FAILED, now.failedBatches() - last.failedBatches())
        .with(Field.RECOMPRESSED, now.recompression().zpages() - last.recompression().zpages())
        .with(Field.SAVED, saved(now) - saved(last));
  }

  private static Map<String, Long> reasons(DropStats drops) {
    Map<String, Long> reasons = new LinkedHashMap<>();
    reasons.put("space", drops.space());
    reasons.put("tenant", drops.tenant());
    reasons.put("refused-put", drops.refusedPut());
    reasons.put("pool", drops.pool());
    reasons.put("lost", drops.lost());
    reasons.values().removeIf(pages -> pages == 0);
    return reasons;
  }

  private Map<String, Double> budget() {
    Map<String, Double> used = new LinkedHashMap<>();
    for (WriteBudgetStats budget : feed.budgets().get()) {
      if (budget.bytesPerDay() != WriteBudget.NO_LIMIT) {
        used.put(budget.name(), (double) budget.usedTodayBytes() / budget.bytesPerDay());
      }
    }
    return used;
  }

  private static long saved(WritebackStats stats) {
    return stats.recompression().fromBytes() - stats.recompression().toBytes();
  }
}
