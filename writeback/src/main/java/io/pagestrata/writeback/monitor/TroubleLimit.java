// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Makes the lines about the trouble of a tier the more seldom the longer that lasts: a disk that is
 * dead is tried every few seconds, and would say so each time. Each kind of line is let through
 * when it comes first, then 10 s later at the earliest, 20 s after that, 40 s, ... 10 min; what is
 * held back is counted. A tier that recovered begins anew. Owned by one thread.
 */
final class TroubleLimit {
  private static final long FIRST_HOLD_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long MOST_HOLD_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** One kind of line about one tier. */
  private static final class Lines {
    long toldNanos;
    long holdNanos;
    long suppressed;

    long takeSuppressed() {
      long taken = suppressed;
      suppressed = 0;
      return taken;
    }
  }

  private final Map<String, Map<EventKind, Lines>> linesByTier = new HashMap<>();

  /** Whether the line of an event is written; those about no trouble always are. */
  boolean pass(MonitorEvent event, long nowNanos) {
    if (event.kind() == EventKind.TIER_RECOVERED) {
      lines(event).values().forEach(lines -> lines.holdNanos = 0);
    }
    if (!isLimited(event.kind())) {
      return true;
    }
    Lines lines = lines(event).computeIfAbsent(event.kind(), it -> new Lines());
    if (lines.holdNanos > 0 && nowNanos - lines.toldNanos < lines.holdNanos) {
      lines.suppressed++;
      return false;
    }
    lines.toldNanos = nowNanos;
    lines.holdNanos = Math.max(FIRST_HOLD_NANOS, Math.min(2 * lines.holdNanos, MOST_HOLD_NANOS));
    return true;
  }

  /**
   * Lines held back since the last one that was written; of a tier that recovered, of all kinds.
   */
  long takeSuppressed(MonitorEvent event) {
    long suppressed = 0;
    if (event.kind() == EventKind.TIER_RECOVERED) {
      for (Lines lines : lines(event).values()) {
        suppressed += lines.takeSuppressed();
      }
    } else if (isLimited(event.kind())) {
      suppressed = lines(event).get(event.kind()).takeSuppressed();
    }
    return suppressed;
  }

  private static boolean isLimited(EventKind kind) {
    return switch (kind) {
      case TIER_ERROR, TIER_READ_ONLY, BATCH_FAILED, BATCH_REFUSED -> true;
      default -> false;
    };
  }

  /** Of the tier that has the trouble: batches name it as where they go. */
  private Map<EventKind, Lines> lines(MonitorEvent event) {
    String to = event.text(Field.TO);
    return linesByTier.computeIfAbsent(
        to.isEmpty() ? event.text(Field.TIER) : to, it -> new EnumMap<>(EventKind.class));
  }
}
