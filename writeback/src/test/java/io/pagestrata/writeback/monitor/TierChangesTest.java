// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

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
    changes.next(List.of(tier("ram", 88, 100, 10, 512, 0), tier("file", 1, 3, 4, 2048, 2)));
    assertThat(changes.stored()).isEqualTo("ram:10,file:4");
    assertThat(changes.written()).isEqualTo("ram:512B,file:2.0KiB");
    assertThat(changes.errors()).isEqualTo("file:2");
    assertThat(changes.fill()).isEqualTo("ram:88%,file:33%");
    changes.next(List.of(tier("ram", 0, 0, 15, 512, 0), tier("file", 1, 3, 4, 2048, 2)));
    assertThat(changes.stored()).isEqualTo("ram:5,file:0");
    assertThat(changes.written()).isEqualTo("ram:0B,file:0B");
    assertThat(changes.errors()).isEmpty();
    assertThat(changes.fill()).as("a tier without a limit").startsWith("ram:0%");
  }
}
