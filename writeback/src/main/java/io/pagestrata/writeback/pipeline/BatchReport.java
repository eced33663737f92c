// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.monitor.Reporting;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Counts and tells how each batch ended, and when the tier below turned bad or good.
 *
 * <p>Called by the committing thread; {@link #isFailing} and {@link #latencyNanos} may be asked by
 * any.
 */
final class BatchReport {
  private final String from;
  private final String to;
  private final String safeTo;
  private final Supplier<Optional<String>> lowerTrouble;
  private final Supplier<Optional<String>> safeTrouble;
  private final int pageBytes;
  private final MovementCounters counters;
  private final Monitor monitor;
  private final LongSupplier queueDepth;
  private final LongSupplier stalls;
  private final LongSupplier nanoClock;
  private long stallsBefore;
  private EventKind trouble;
  private long troubledNanos;
  private boolean skipping;
  private long skippedNanos;
  private volatile boolean failing;
  private volatile long latencyNanos;

  BatchReport(TierStep step, Reporting reporting, LongSupplier queueDepth, LongSupplier nanoClock) {
    this.queueDepth = queueDepth;
    this.nanoClock = nanoClock;
    Tier lower = step.lower();
    Tier safe = step.safe();
    from = step.upper().name();
    to = lower.name();
    safeTo = safe.name();
    lowerTrouble = lower::trouble;
    safeTrouble = safe::trouble;
    pageBytes = step.hierarchy().pageBytes();
    counters = reporting.counters();
    monitor = reporting.monitor();
    stalls = reporting.stalls();
  }

  boolean isFailing() {
    return failing;
  }

  long latencyNanos() {
    return latencyNanos;
  }

  void ended(BatchSlot slot, long[] pagesByEnd) {
    if (slot.batch.count() == 0) {
      return;
    }
    if (slot.isStored()) {
      stored(slot, pagesByEnd);
    } else {
      notStored(slot);
    }
  }

  private void stored(BatchSlot slot, long[] pagesByEnd) {
    ZpageBatch batch = slot.batch;
    counters.add(Movement.BATCHES, 1);
    counters.add(Movement.WRITTEN_PAGES, batch.count());
    counters.add(Movement.WRITTEN_PAYLOAD_BYTES, batch.payloadBytes());
    counters.add(Movement.WRITTEN_BATCH_BYTES, batch.bytes());
    long tripNanos = nanoClock.getAsLong() - slot.publishedNanos;
    latencyNanos = (3 * latencyNanos + tripNanos) / 4;
    failing = false;
    if (trouble != null) {
      trouble = null;
      monitor.emit(recovered(safeTo, troubledNanos));
    }
    tellSkipping(slot);
    long stallsNow = stalls.getAsLong();
    monitor.emit(
        new MonitorEvent(EventKind.BATCH)
            .with(Field.TIER, from)
            .with(Field.TO, slot.skipReason == null ? to : safeTo)
            .with(Field.PAGES, batch.count())
            .with(Field.PAYLOAD, batch.payloadBytes())
            .with(Field.OUT, batch.bytes())
            .with(Field.RATIO, (double) batch.count() * pageBytes / batch.payloadBytes())
            .with(Field.RATE, batch.bytes() * 1e3 / slot.writeNanos)
            .with(Field.QUEUE, queueDepth.getAsLong())
            .with(Field.CANCELLED, pagesByEnd[Commit.LOST.ordinal()])
            .with(Field.KEPT, pagesByEnd[Commit.KEPT.ordinal()])
            .with(Field.DEMOTED, pagesByEnd[Commit.DEMOTED.ordinal()])
            .with(Field.STALLS, stallsNow - stallsBefore)
            .with(Field.TOOK, slot.writeNanos));
    stallsBefore = stallsNow;
  }

  private void tellSkipping(BatchSlot slot) {
    boolean skipped = slot.skipReason != null;
    if (skipped && !skipping) {
      skippedNanos = nanoClock.getAsLong();
      monitor.emit(
          explain(
              new MonitorEvent(EventKind.TIER_SKIPPED)
                  .with(Field.TIER, to)
                  .with(Field.TO, safeTo)
                  .with(Field.REASON, slot.skipReason),
              lowerTrouble));
    } else if (skipping && !skipped) {
      monitor.emit(recovered(to, skippedNanos));
    }
    skipping = skipped;
  }

  private MonitorEvent recovered(String tier, long sinceNanos) {
    return new MonitorEvent(EventKind.TIER_RECOVERED)
        .with(Field.TIER, tier)
        .with(Field.TOOK, nanoClock.getAsLong() - sinceNanos);
  }

  private void notStored(BatchSlot slot) {
    // The flag first: who sees the count must see the flag too.
    failing = true;
    counters.add(Movement.FAILED_BATCHES, 1);
    EventKind now = troubleOf(slot);
    troubledNanos = trouble == null ? nanoClock.getAsLong() : troubledNanos;
    if (now != trouble) {
      trouble = now;
      monitor.emit(describe(new MonitorEvent(now).with(Field.TIER, safeTo), slot));
    }
    monitor.emit(
        describe(
            new MonitorEvent(slot.error == null ? EventKind.BATCH_REFUSED : EventKind.BATCH_FAILED)
                .with(Field.TIER, from)
                .with(Field.TO, safeTo)
                .with(Field.PAGES, slot.batch.count()),
            slot));
  }

  private static EventKind troubleOf(BatchSlot slot) {
    if (slot.outcome == null) {
      return EventKind.TIER_ERROR;
    }
    return switch (slot.outcome) {
      case FULL -> EventKind.TIER_FULL;
      case OVER_BUDGET -> EventKind.BUDGET_USED_UP;
      case STORED, READ_ONLY, CLOSED -> EventKind.TIER_READ_ONLY;
    };
  }

  private MonitorEvent describe(MonitorEvent event, BatchSlot slot) {
    if (slot.error != null) {
      return event.with(Field.CAUSE, slot.error.toString());
    }
    event.with(Field.REASON, String.valueOf(slot.outcome));
    return slot.outcome == TierOutcome.READ_ONLY ? explain(event, safeTrouble) : event;
  }

  private static MonitorEvent explain(MonitorEvent event, Supplier<Optional<String>> trouble) {
    trouble.get().ifPresent(cause -> event.with(Field.CAUSE, cause));
    return event;
  }
}
