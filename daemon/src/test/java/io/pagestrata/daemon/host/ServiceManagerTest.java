// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ServiceManagerTest {
  @TempDir private Path directory;

  private static void tellsAt(String socket) throws IOException {
    try (DatagramSocketFile receiver = new DatagramSocketFile(socket)) {
      ServiceManager manager = new ServiceManager(Optional.of(socket));
      manager.ready("serves 1 export");
      assertThat(receiver.receive()).isEqualTo("READY=1\nSTATUS=serves 1 export");
      manager.stopping();
      assertThat(receiver.receive()).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void tellsASocketFile() throws IOException {
    tellsAt(directory.resolve("notify").toString());
  }

  @Test
  void tellsAnAbstractSocket() throws IOException {
    tellsAt("@pagestrata-test-" + ProcessHandle.current().pid());
  }

  @Test
  void nobodyIsToldWithoutTheVariable() throws IOException {
    new ServiceManager(Optional.empty()).ready("serves");
  }

  @Test
  void aSocketThatIsNotThereIsAnError() {
    String absent = directory.resolve("absent").toString();
    assertThatThrownBy(() -> new ServiceManager(Optional.of(absent)).ready("serves"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot tell NOTIFY_SOCKET " + absent + ": ");
  }
}
