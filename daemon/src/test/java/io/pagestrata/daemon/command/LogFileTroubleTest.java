// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A log file on a full disk takes no line; the device {@code full} is one. */
@EnabledOnOs(OS.LINUX)
class LogFileTroubleTest {
  @TempDir private Path directory;

  @Test
  void aLogThatCannotBeWrittenIsOneLine() throws Exception {
    Path store = directory.resolve("store");
    DurableStore.make(store);
    Path config =
        new SmallDaemon(directory)
            .config("durable", store, "", "segment-size: 1MiB", "encryption: none");
    try (DaemonProcess daemon =
        DaemonProcess.start(
            directory, Map.of(), "run", "-c", config.toString(), "--log-file", "/dev/full")) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      daemon.terminate();
      assertThat(daemon.status()).as("%s", daemon.errors()).isZero();
      assertThat(daemon.errors())
          .containsOnlyOnce("pagestrata: warn: lines of the log cannot be written to /dev/full")
          .contains(" and are lost: No space left on device\n")
          .doesNotContain("Exception", "\tat ");
    }
  }
}
