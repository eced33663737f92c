// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Turns the tier read-only after repeated write faults and lets single trials through after a
 * while. Thread-safe; {@code this} guards everything.
 */
final class WriteHealth {
  private static final int FAULTS_BEFORE_READ_ONLY = 3;

  private final LongSupplier nanoClock;
  private final long retryNanos;
  private int faultsInARow;
  private long retryAtNanos;
  private IOException lastFault;

  WriteHealth(LongSupplier nanoClock, Duration retry) {
    this.nanoClock = nanoClock;
    this.retryNanos = retry.toNanos();
  }

  synchronized boolean isReadOnly() {
    return faultsInARow >= FAULTS_BEFORE_READ_ONLY;
  }

  /** Whether a write may be tried now. */
  synchronized boolean mayWrite() {
    return !isReadOnly() || nanoClock.getAsLong() - retryAtNanos >= 0;
  }

  synchronized void succeeded() {
    faultsInARow = 0;
    lastFault = null;
  }

  synchronized void failed(IOException fault) {
    faultsInARow++;
    lastFault = fault;
    retryAtNanos = nanoClock.getAsLong() + retryNanos;
  }

  /** The fault that no write has succeeded since, in words. */
  synchronized Optional<String> trouble() {
    return Optional.ofNullable(lastFault).map(IOException::toString);
  }
}
