// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts unexpected exceptions by role, type and place, so that each is told once and then at every
 * doubling instead of a thousand times; after agrona's {@code DistinctErrorLog}.
 *
 * <p>Thread-safe: one lock, taken only when something broke.
 */
final class ErrorLog {
  /** Exceptions of one role between two interval lines that make the state FAILED. */
  static final int FAILED_AFTER = 10;

  private static final int MOST_DISTINCT = 100;

  private final Map<String, Long> timesByPlace = new HashMap<>();
  private final Map<String, Integer> recentByRole = new HashMap<>();
  private boolean failed;

  /** Counts one exception; answers how often it was met, or 0 when it need not be told again. */
  synchronized long count(String role, Throwable exception) {
    StackTraceElement[] stack = exception.getStackTrace();
    String place = role + exception.getClass().getName() + (stack.length == 0 ? "" : stack[0]);
    if (timesByPlace.size() >= MOST_DISTINCT && !timesByPlace.containsKey(place)) {
      place = "others";
    }
    long times = timesByPlace.merge(place, 1L, Long::sum);
    return Long.bitCount(times) == 1 ? times : 0;
  }

  /** Counts towards the state FAILED; answers true when this exception made it so. */
  synchronized boolean makesFailed(String role) {
    boolean now = recentByRole.merge(role, 1, Integer::sum) >= FAILED_AFTER && !failed;
    failed |= now;
    return now;
  }

  /** Starts a new interval; FAILED ends when the one before had no exception at all. */
  synchronized void newInterval() {
    failed &= !recentByRole.isEmpty();
    recentByRole.clear();
  }

  synchronized boolean hasFailed() {
    return failed;
  }
}
