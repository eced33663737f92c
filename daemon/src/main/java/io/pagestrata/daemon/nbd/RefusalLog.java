// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells that an export has no room for writes: clients are told each time, the operator at the
 * first time and then once a minute at most. Thread-safe.
 */
final class RefusalLog {
  static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String export;
  private final LongSupplier nanoClock;
  private final Consumer<String> log;
  private final AtomicLong silentUntilNanos;

  RefusalLog(String export, LongSupplier nanoClock, Consumer<String> log) {
    this.export = export;
    this.nanoClock = nanoClock;
    this.log = log;
    silentUntilNanos = new AtomicLong(nanoClock.getAsLong());
  }

  void refused() {
    long now = nanoClock.getAsLong();
    long until = silentUntilNanos.get();
    if (now - until >= 0 && silentUntilNanos.compareAndSet(until, now + SILENCE_NANOS)) {
      log.accept(
          "export '"
              + export
              + "': the store is full, writes are refused with ENOSPC; told once a minute at most");
    }
  }
}
