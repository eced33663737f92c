// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PutOutcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  @Test
  void tellsAtOnceAndThenSeldom() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    List<String> lines = new ArrayList<>();
    RefusalLog log =
        new RefusalLog("swap", () -> "ram open, file read_only", nanos::get, lines::add);
    log.refused(PutOutcome.REFUSED_FULL);
    log.refused(PutOutcome.REFUSED_FULL);
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("export 'swap': no room came in time (ram open, file read_only)");
    nanos.addAndGet(RefusalLog.SILENCE_NANOS - 1);
    log.refused(PutOutcome.REFUSED_FULL);
    assertThat(lines).hasSize(1);
    nanos.addAndGet(1);
    log.refused(PutOutcome.REFUSED_FULL);
    log.refused(PutOutcome.REFUSED_FULL);
    assertThat(lines).hasSize(2);
  }

  /** "Full" for each of them would send the operator after the wrong setting. */
  @Test
  void saysWhatIsFull() {
    Set<String> reasons = new HashSet<>();
    for (PutOutcome outcome : PutOutcome.values()) {
      if (!outcome.isStored()) {
        new RefusalLog("swap", () -> "ram open, file read_only", System::nanoTime, reasons::add)
            .refused(outcome);
      }
    }
    assertThat(reasons).hasSize(PutOutcome.values().length - 1);
    assertThat(reasons).anyMatch(line -> line.contains("tenant"));
  }
}
