// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ListenAddress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultConfigTest {
  private static final long GIB = 1L << 30;

  @ParameterizedTest
  @CsvSource({
    "1, 1, 0.0625, 0.25", // small machines get the least that is sensible
    "8, 4, 1, 3",
    "24, 80, 3, 12",
    "512, 4000, 4, 12"
  })
  void sizesFollowTheMachine(long machineGib, long freeGib, double ramGib, double fileGib) {
    long freeBytes = freeGib == 1 ? 0 : freeGib * GIB;
    long machineBytes = machineGib == 1 ? GIB / 4 : machineGib * GIB;
    DaemonConfig config =
        DefaultConfig.read(
            DefaultConfig.yaml(Path.of("/d"), Path.of("/s"), machineBytes, freeBytes));
    assertThat(config.store().ramBytes()).isEqualTo((long) (ramGib * GIB));
    assertThat(config.store().file().orElseThrow().maxBytes()).isEqualTo((long) (fileGib * GIB));
  }

  @Test
  void itServesOneExportOnLoopbackAndOnASocket(@TempDir Path directory) throws IOException {
    DaemonConfig config = DefaultConfig.read(DefaultConfig.yaml(directory, directory));
    assertThat(config.exports())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.name()).isEqualTo("default");
              assertThat(it.bytes()).isEqualTo(8 * GIB);
            });
    assertThat(config.server().listen())
        .containsExactly(
            new ListenAddress.Tcp("127.0.0.1", 10809),
            new ListenAddress.Unix(directory.resolve("nbd.sock")));
  }

  @Test
  void pathsMayHoldAnything() {
    Path odd = Path.of("/it's a: #path");
    DaemonConfig config = DefaultConfig.read(DefaultConfig.yaml(odd, odd, 8 * GIB, 8 * GIB));
    assertThat(config.store().file().orElseThrow().directory()).isEqualTo(odd.resolve("segments"));
    assertThat(config.server().listen()).contains(new ListenAddress.Unix(odd.resolve("nbd.sock")));
  }
}
