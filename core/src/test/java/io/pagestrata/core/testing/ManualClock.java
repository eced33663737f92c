// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A nanosecond clock that stands still, or moves by a fixed step on every look. */
public final class ManualClock implements LongSupplier {
  private final AtomicLong nanos = new AtomicLong();
  private volatile long stepNanos;

  /** Makes every later look come this much after the one before. */
  public void stepOnEachLook(long byNanos) {
    stepNanos = byNanos;
  }

  public void advance(long byNanos) {
    nanos.addAndGet(byNanos);
  }

  @Override
  public long getAsLong() {
    return nanos.addAndGet(stepNanos);
  }
}
