// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.EncryptionKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the operator of a durable store is told of its encryption, wherever the log goes. */
@EnabledOnOs(OS.LINUX)
class EncryptionNoticeTest {
  private static final String IN_THE_CLEAR =
      "segments are not encrypted, since no key is configured";
  private static final String NONE_NEEDED = "no earlier key is needed";

  @TempDir private Path directory;
  private Path store;

  @BeforeEach
  void fill() {
    store = directory.resolve("store");
    DurableStore.make(store);
  }

  private Path config(String encryption) throws IOException {
    List<String> lines = new ArrayList<>(List.of("segment-size: 1MiB"));
    lines.addAll(encryption.lines().toList());
    return new SmallDaemon(directory).config("durable", store, "", lines.toArray(String[]::new));
  }

  private DaemonProcess start(String encryption, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("run", "-c", config(encryption).toString()));
    words.addAll(List.of(more));
    DaemonProcess daemon = DaemonProcess.start(directory, Map.of(), words.toArray(String[]::new));
    assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
    return daemon;
  }

  private static String stop(DaemonProcess daemon) throws Exception {
    daemon.terminate();
    assertThat(daemon.status()).as(daemon.errors()).isZero();
    return daemon.errors();
  }

  @Test
  void aStoreInTheClearIsAWarningAtTheStart() throws Exception {
    Path log = directory.resolve("monitor.log");
    try (DaemonProcess daemon = start("", "--log-file", log.toString())) {
      assertThat(stop(daemon)).containsOnlyOnce("pagestrata: warn: " + store + ": " + IN_THE_CLEAR);
    }
    assertThat(Files.readString(log)).doesNotContain(IN_THE_CLEAR);
  }

  @Test
  void whoeverAsksForThatIsNotWarned() throws Exception {
    try (DaemonProcess daemon = start("encryption: none")) {
      assertThat(stop(daemon)).doesNotContain(IN_THE_CLEAR);
    }
  }

  // With the key the segments in the clear are written again, and a later start says the same.
  @Test
  void theEndOfAnEarlierKeyIsTold() throws Exception {
    Path key = directory.resolve("key");
    EncryptionKeys.create(key);
    Path next = directory.resolve("next");
    EncryptionKeys.create(next);
    try (DaemonProcess daemon = start("encryption-key-file: " + key)) {
      daemon.awaitError(NONE_NEEDED);
      assertThat(stop(daemon)).contains("bytes of segments are not encrypted as configured");
    }
    String changed =
        "encryption-key-file: " + next + "\nencryption-previous-key-files: [" + key + "]";
    try (DaemonProcess daemon = start(changed)) {
      daemon.awaitError("pagestrata: " + store + ": every segment is encrypted as configured");
      stop(daemon);
    }
    try (DaemonProcess daemon = start(changed)) {
      daemon.awaitError(NONE_NEEDED);
      assertThat(stop(daemon)).doesNotContain("not encrypted");
    }
  }
}
