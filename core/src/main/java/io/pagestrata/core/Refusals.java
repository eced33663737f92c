// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts refused puts by outcome; rare, so shared. Thread-safe. */
final class Refusals {
  private final AtomicLongArray byOutcome = new AtomicLongArray(PutOutcome.values().length);

  void count(PutOutcome outcome) {
    byOutcome.incrementAndGet(outcome.ordinal());
  }

  long counted(PutOutcome outcome) {
    return byOutcome.get(outcome.ordinal());
  }
}
