// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.upkeep;

import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.Signal;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.pipeline.Upkeep;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Gives one tier its upkeep, such as cleaning sparse segments, for as long as there is any.
 *
 * <p>Each tier has its own, so that one that hangs does not hold up another. After an I/O error it
 * pauses 1 s and tries again. Once a second it tidies up what is beside the tier, such as page
 * tables. Stepped by one thread; what {@link Upkeep} has is for any.
 */
public final class Maintainer implements Agent, Upkeep {
  private static final long LEAST_IDLE_NANOS = 10_000_000L;
  private static final long MOST_IDLE_NANOS = 500_000_000L;
  private static final long ERROR_PAUSE_NANOS = 1_000_000_000L;
  private static final long TIDY_NANOS = 1_000_000_000L;

  private final Tier tier;
  private final Runnable tidy;
  private final Monitor monitor;
  private final LongSupplier nanoClock;
  private final Signal signal = new Signal();
  private final AtomicLong gains = new AtomicLong();
  private final AtomicLong rests = new AtomicLong();
  private long idleNanos = LEAST_IDLE_NANOS;
  private ScrubStats scrubbed = ScrubStats.NONE;

  /** How the tier was when the store opened; null once that was told. */
  private TierStats opened;

  /** What was cleaned since the last line about it, and how long that took. */
  private long cleanedBytes;

  private long cleanedNanos;
  private long cleaningToldNanos;

  /** When the upkeep under way began to clean. */
  private long cleaningStartNanos;

  private boolean cleaning;
  private long errorNanos;
  private long tidiedNanos;
  private boolean failing;
  private long failingNanos;

  /**
   * Makes the upkeep of a tier.
   *
   * @param tier the tier
   * @param tidy what else to do, once a second
   * @param monitor is told what happens
   * @param nanoClock the clock
   */
  public Maintainer(Tier tier, Runnable tidy, Monitor monitor, LongSupplier nanoClock) {
    this.tier = tier;
    this.tidy = tidy;
    tidiedNanos = nanoClock.getAsLong();
    this.monitor = monitor;
    this.nanoClock = nanoClock;
    cleaningToldNanos = nanoClock.getAsLong() - monitor.intervalNanos();
    opened = tier.stats();
  }

  @Override
  public int doWork() {
    long bytes = step();
    // Counted by this thread alone, after the step: who sees the count sees what the step did.
    if (bytes != Tier.UNFINISHED) {
      (bytes > 0 ? gains : rests).incrementAndGet();
    }
    return bytes == 0 ? 0 : 1;
  }

  private long step() {
    long now = nanoClock.getAsLong();
    if (opened != null) {
      tellRecovery();
      opened = null;
    }
    if (now - tidiedNanos >= TIDY_NANOS) {
      tidiedNanos = now;
      tidy.run();
    }
    if (failing && now - errorNanos < ERROR_PAUSE_NANOS) {
      return 0;
    }
    long bytes;
    try {
      bytes = tier.maintain();
    } catch (IOException e) {
      onFailure(now, e);
      return 0;
    }
    if (failing) {
      failing = false;
      monitor.emit(
          new MonitorEvent(EventKind.TIER_RECOVERED)
              .with(Field.TIER, tier.name())
              .with(Field.TOOK, now - failingNanos));
    }
    tellScrubbing();
    noteCleaning(bytes, now);
    if (bytes == 0) {
      idleNanos = Math.min(2 * idleNanos, MOST_IDLE_NANOS);
      return 0;
    }
    idleNanos = LEAST_IDLE_NANOS;
    return bytes;
  }

  private void onFailure(long now, IOException e) {
    if (!failing) {
      failingNanos = now;
      monitor.emit(new MonitorEvent(EventKind.TIER_ERROR).with(Field.TIER, tier.name()).with(e));
    }
    failing = true;
    errorNanos = now;
    idleNanos = MOST_IDLE_NANOS;
  }

  private void tellRecovery() {
    RecoveryStats recovery = opened.recovery();
    if (recovery.segments() > 0) {
      String kind =
          recovery.clean() ? "clean" : recovery.segmentsFromIndex() > 0 ? "index" : "rebuilt";
      monitor.emit(
          new MonitorEvent(EventKind.RECOVERY)
              .with(Field.TIER, tier.name())
              .with(Field.KIND, kind)
              .with(Field.SEGMENTS, recovery.segments())
              .with(Field.PAGES, opened.zpages())
              .with(Field.DAMAGED, recovery.damagedRecords())
              .with(Field.TOOK, recovery.nanos()));
    }
  }

  private void tellScrubbing() {
    ScrubStats stats = tier.scrubbing();
    if (stats.passes() > scrubbed.passes()) {
      monitor.emit(
          new MonitorEvent(EventKind.SCRUBBED)
              .with(Field.TIER, tier.name())
              .with(Field.SCRUBBED, stats.scrubbedBytes() - scrubbed.scrubbedBytes())
              .with(Field.DAMAGED, stats.damagedZpages() - scrubbed.damagedZpages())
              .with(Field.REWRITTEN, stats.rewrittenPages() - scrubbed.rewrittenPages()));
      scrubbed = stats;
    }
  }

  /** Adds up what steps cleaned: a tier may do so a little at a time, or without end. */
  private void noteCleaning(long bytes, long now) {
    if (bytes > 0) {
      cleaningStartNanos = cleaning ? cleaningStartNanos : now;
      cleaning = true;
      cleanedBytes += bytes;
    }
    long intervalNanos = monitor.intervalNanos();
    boolean ends = cleaning && (bytes == 0 || now - cleaningStartNanos >= intervalNanos);
    if (ends) {
      cleanedNanos += now - cleaningStartNanos;
      cleaningStartNanos = now;
      cleaning = bytes != 0;
    }
    if ((ends || !cleaning) && now - cleaningToldNanos >= intervalNanos) {
      tellCleaning(now);
    }
  }

  private void tellCleaning(long now) {
    if (cleanedBytes > 0) {
      monitor.emit(
          new MonitorEvent(EventKind.CLEANING)
              .with(Field.TIER, tier.name())
              .with(Field.CLEANED, cleanedBytes)
              .with(Field.TOOK, cleanedNanos));
      cleanedBytes = 0;
      cleanedNanos = 0;
      cleaningToldNanos = now;
    }
  }

  @Override
  public void onClose() {
    long now = nanoClock.getAsLong();
    noteCleaning(0, now);
    tellCleaning(now);
  }

  @Override
  public String roleName() {
    return "maintain-" + tier.name();
  }

  @Override
  public long idleNanos() {
    return idleNanos;
  }

  @Override
  public void wake() {
    signal.ring();
  }

  @Override
  public long gains() {
    return gains.get();
  }

  @Override
  public long rests() {
    return rests.get();
  }

  @Override
  public Signal signal() {
    return signal;
  }
}
