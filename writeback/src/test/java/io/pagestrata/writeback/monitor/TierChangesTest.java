// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each tier did is the growth of its counters. */
class TierChangesTest {
  private final TierChanges changes = new TierChanges();

  private static TierStats tier(
      String name, long used, long limit, long stored, long written, long errors) {
    return new TierStats(
        name, TierState.OPEN, 0, 0, used, limit, stored, 0, written, 0, 0, 0, 0, 0, 0, errors);
  }

  @Test
  void namesEachTierWithWhatItTook() {
    changes.next(List.of(tier("ram", 88, 100, 10, 512, 0), tier("file", 1, 4, 4, 2048, 2)));
    assertThat(changes.stored()).containsExactly(entry("ram", 10L), entry("file", 4L));
    assertThat(changes.written()).containsExactly(entry("ram", 512L), entry("file", 2048L));
    assertThat(changes.errors()).containsExactly(entry("file", 2L));
    assertThat(changes.fill()).containsExactly(entry("ram", 0.88), entry("file", 0.25));
    changes.next(List.of(tier("ram", 0, 0, 15, 512, 0), tier("file", 1, 4, 4, 2048, 2)));
    assertThat(changes.stored()).containsExactly(entry("ram", 5L), entry("file", 0L));
    assertThat(changes.written()).containsExactly(entry("ram", 0L), entry("file", 0L));
    assertThat(changes.errors()).isEmpty();
    assertThat(changes.fill()).as("a tier without a limit").containsEntry("ram", 0.0);
  }
}
