// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.tier.DeduplicationStats;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the line of shared pages when something of it changed since the last time. One thread. */
final class SharingLine {
  private final Supplier<DeduplicationStats> sharing;
  private DeduplicationStats before = DeduplicationStats.ZERO;

  SharingLine(Supplier<DeduplicationStats> sharing) {
    this.sharing = sharing;
  }

  /** The line, or none when no page was compared and none shares more or less. */
  Optional<MonitorEvent> next() {
    DeduplicationStats now = sharing.get();
    DeduplicationStats last = before;
    if (now.hashHits() == last.hashHits() && now.sharedPages() == last.sharedPages()) {
      return Optional.empty();
    }
    before = now;
    return Optional.of(
        new MonitorEvent(EventKind.SHARING)
            .with(Field.SHARED, now.sharedPages())
            .with(Field.CONTENTS, now.contents())
            .with(Field.SPARED, now.savedBytes())
            .with(Field.COMPARED, now.comparisons() - last.comparisons())
            .with(Field.DIFFERENT, now.mismatches() - last.mismatches())
            .with(Field.NOT_COMPARED, now.notCompared() - last.notCompared())
            .with(Field.TOOK, now.nanos() - last.nanos()));
  }
}
