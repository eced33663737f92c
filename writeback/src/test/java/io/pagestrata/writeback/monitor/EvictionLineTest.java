// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The line about the kept share comes when the policy changed it. */
class EvictionLineTest {
  private final AtomicReference<Double> now = new AtomicReference<>(0.1);
  private final EvictionLine line = new EvictionLine(now::get);

  @Test
  void aChangeIsToldOnce() {
    assertThat(line.next()).as("the share of the start").isEmpty();
    now.set(0.5);
    assertThat(LineFormat.json(line.next().orElseThrow()))
        .isEqualTo("{\"event\":\"eviction\",\"keptShare\":0.500}");
    assertThat(line.next()).as("nothing changed").isEmpty();
    now.set(0.1);
    assertThat(line.next().orElseThrow()).hasToString("eviction       kept-share=0.10");
  }
}
