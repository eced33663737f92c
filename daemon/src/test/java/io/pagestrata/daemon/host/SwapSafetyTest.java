// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system calls themselves would bind the JVM of the tests; see the tests of the command. */
class SwapSafetyTest {
  @TempDir private Path directory;

  @Test
  void theScoreIsSetUnlessItIsRightAlready() throws IOException {
    Path score = Files.writeString(directory.resolve("score"), "0\n");
    assertThat(SwapSafety.forbidKilling(score)).isEmpty();
    assertThat(Files.readString(score)).isEqualTo("-1000");
    Files.writeString(score, "-1000\n");
    assertThat(SwapSafety.forbidKilling(score)).isEmpty();
    assertThat(Files.readString(score)).isEqualTo("-1000\n");
  }

  @Test
  void aMissingRightIsNamed() {
    Path absent = directory.resolve("absent");
    assertThat(SwapSafety.forbidKilling(absent))
        .contains(
            "may be killed when memory is short: "
                + absent
                + " cannot be set to -1000, which needs the capability CAP_SYS_RESOURCE");
  }
}
