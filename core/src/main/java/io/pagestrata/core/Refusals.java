// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.tier.TierState;
import java.util.concurrent.atomic.AtomicLongArray;

/** Names and counts refused puts by outcome; rare, so shared. Thread-safe. */
final class Refusals {
  private final AtomicLongArray byOutcome = new AtomicLongArray(PutOutcome.values().length);

  /**
   * Counts a refusal.
   *
   * @return the outcome: a store that is full since nothing more may be written today says so
   */
  PutOutcome count(PutOutcome cause, PageHierarchy hierarchy) {
    boolean overBudget = cause == PutOutcome.REFUSED_FULL && isOverBudget(hierarchy);
    PutOutcome outcome = overBudget ? PutOutcome.REFUSED_BUDGET : cause;
    byOutcome.incrementAndGet(outcome.ordinal());
    return outcome;
  }

  private static boolean isOverBudget(PageHierarchy hierarchy) {
    for (int i = 1; i < hierarchy.tierCount(); i++) {
      if (hierarchy.tier(i).stats().state() == TierState.OVER_BUDGET) {
        return true;
      }
    }
    return false;
  }

  long counted(PutOutcome outcome) {
    return byOutcome.get(outcome.ordinal());
  }
}
