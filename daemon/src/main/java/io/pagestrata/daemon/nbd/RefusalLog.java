// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.pagestrata.core.PutOutcome;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells that an export has no room for writes: clients are told each time, the operator at the
 * first time and then once a minute at most. Thread-safe.
 */
final class RefusalLog {
  static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String export;
  private final Supplier<String> tierStates;
  private final LongSupplier nanoClock;
  private final Consumer<String> log;
  private final AtomicLong silentUntilNanos;

  /**
   * Makes a log that has told nothing yet.
   *
   * @param export name of the export
   * @param tierStates how the tiers are, asked when a line is written
   * @param nanoClock the clock
   * @param log takes the lines
   */
  RefusalLog(
      String export, Supplier<String> tierStates, LongSupplier nanoClock, Consumer<String> log) {
    this.export = export;
    this.tierStates = tierStates;
    this.nanoClock = nanoClock;
    this.log = log;
    silentUntilNanos = new AtomicLong(nanoClock.getAsLong());
  }

  /** Takes note of a put that was refused. */
  void refused(PutOutcome outcome) {
    long now = nanoClock.getAsLong();
    long until = silentUntilNanos.get();
    if (now - until >= 0 && silentUntilNanos.compareAndSet(until, now + SILENCE_NANOS)) {
      log.accept(
          "export '"
              + export
              + "': "
              + reason(outcome)
              + ", writes are refused with ENOSPC; told once a minute at most");
    }
  }

  private String reason(PutOutcome outcome) {
    return switch (outcome) {
      case STORED, REFUSED_FULL -> "no room came in time (" + tierStates.get() + ")";
      case REFUSED_TABLE_FULL -> "the memory of the store leaves no room for more page table";
      case REFUSED_BUDGET -> "RAM is full and what may be written to disk today is written";
      case REFUSED_TENANT_LIMIT -> "its tenant holds as much as it may";
      case REFUSED_INCOMPRESSIBLE -> "the store takes no pages that do not shrink";
    };
  }
}
