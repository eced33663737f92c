// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs({OS.LINUX, OS.MAC})
class StopSignalsTest {
  private static final long PATIENCE_SECONDS = 60;

  private static void kill(String signal) throws Exception {
    String self = Long.toString(ProcessHandle.current().pid());
    assertThat(new ProcessBuilder("kill", "-s", signal, self).start().waitFor()).isZero();
  }

  @Test
  void theFirstAsksAndTheSecondEnds() throws Exception {
    BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();
    try (StopSignals signals = new StopSignals(statuses::add)) {
      kill("TERM");
      signals.await();
      assertThat(statuses).isEmpty();
      kill("INT");
      assertThat(statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(130);
      kill("TERM");
      assertThat(statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(143);
    }
  }

  // Kernel and shell may both tell that the terminal is gone.
  @Test
  void theEndOfATerminalAsksHoweverOftenItIsTold() throws Exception {
    BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();
    try (StopSignals signals = new StopSignals(statuses::add)) {
      kill("HUP");
      signals.await();
      kill("HUP");
      kill("TERM");
      kill("INT");
      assertThat(statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isIn(130, 143);
    }
    assertThat(statuses).isEmpty();
  }

  @Test
  void closingGivesTheSignalsBack() throws Exception {
    BlockingQueue<Integer> outer = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> inner = new LinkedBlockingQueue<>();
    try (StopSignals first = new StopSignals(outer::add)) {
      new StopSignals(inner::add).close();
      kill("TERM");
      first.await();
      kill("TERM");
      assertThat(outer.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(143);
    }
    assertThat(inner).isEmpty();
  }
}
