// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  @Test
  void tellsAtOnceAndThenSeldom() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    List<String> lines = new ArrayList<>();
    RefusalLog log = new RefusalLog("swap", nanos::get, lines::add);
    log.refused();
    log.refused();
    assertThat(lines).singleElement().asString().startsWith("export 'swap': the store is full");
    nanos.addAndGet(RefusalLog.SILENCE_NANOS - 1);
    log.refused();
    assertThat(lines).hasSize(1);
    nanos.addAndGet(1);
    log.refused();
    log.refused();
    assertThat(lines).hasSize(2);
  }
}
