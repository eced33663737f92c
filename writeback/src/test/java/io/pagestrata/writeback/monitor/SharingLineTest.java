// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.DeduplicationStats;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The line about shared pages comes when something of it changed. */
class SharingLineTest {
  private final AtomicReference<DeduplicationStats> now =
      new AtomicReference<>(DeduplicationStats.ZERO);
  private final SharingLine line = new SharingLine(now::get);

  @Test
  void gaugesAreTheirValuesAndCountersTheirGrowth() {
    assertThat(line.next()).isEmpty();
    now.set(new DeduplicationStats(5, 2, 3000, 4, 6, 4, 1, 2, 1_000_000, 100));
    assertThat(LineFormat.json(line.next().orElseThrow()))
        .isEqualTo(
            "{\"event\":\"sharing\",\"tookMillis\":1.000,\"sharedPages\":5,\"contents\":2,\"sparedBytes\":3000,"
                + "\"comparedPages\":4,\"differentPages\":1,\"notComparedPages\":2}");
    assertThat(line.next()).as("nothing changed").isEmpty();
    now.set(new DeduplicationStats(3, 1, 1000, 4, 6, 4, 1, 2, 1_000_000, 100));
    assertThat(LineFormat.json(line.next().orElseThrow()))
        .contains("\"sharedPages\":3", "\"comparedPages\":0", "\"sparedBytes\":1000");
  }
}
