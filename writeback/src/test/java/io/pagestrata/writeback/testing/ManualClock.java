// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.testing;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that only the test moves. */
public final class ManualClock implements LongSupplier {
  private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  public void advanceNanos(long by) {
    nanos.addAndGet(by);
  }

  public void advanceMillis(long by) {
    advanceNanos(by * 1_000_000L);
  }
}
