// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.nbd.TestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose directory is wrong at the start, or goes while it serves. */
@EnabledOnOs(OS.LINUX)
class LostDirectoryTest {
  private static final int PAGE_BYTES = 4096;
  private static final int EIO = 5;
  private static final int ENOSPC = 28;

  @TempDir private Path directory;
  private final Random random = new Random(3);

  private Path segments() {
    return directory.resolve("segments");
  }

  private String config(String durability, Path place) throws IOException {
    return daemon()
        .config(durability, place, "put-wait: 100ms", "read-only-retry: 100ms")
        .toString();
  }

  private SmallDaemon daemon() {
    return new SmallDaemon(directory);
  }

  private DaemonProcess start(String config) throws IOException {
    return DaemonProcess.start(directory, Map.of(), "run", "-c", config);
  }

  private byte[] page() {
    byte[] page = new byte[PAGE_BYTES];
    random.nextBytes(page);
    return page;
  }

  private TestClient client() throws IOException {
    TestClient client = new TestClient(daemon().socket());
    client.go("default");
    return client;
  }

  private static void assertPlain(String errors) {
    assertThat(errors).doesNotContain("\tat ", "unexpected");
  }

  /** Nobody may make files in /proc, whoever it is. */
  @Test
  void aDirectoryThatCannotBeMadeEndsTheStart() throws Exception {
    for (String durability : new String[] {"volatile", "durable"}) {
      String config = config(durability, Path.of("/proc/pagestrata"));
      try (DaemonProcess daemon = start(config)) {
        assertThat(daemon.introduction()).isEmpty();
        assertThat(daemon.status()).isEqualTo(4);
        assertThat(daemon.errors())
            .startsWith("pagestrata run: " + config + ":8:16: key 'tiers[1].directory': value '")
            .contains("/proc/pagestrata")
            .hasLineCount(1);
      }
    }
    assertThat(daemon().socket()).doesNotExist();
  }

  @Test
  void aFileInPlaceOfTheDirectoryStaysAsItWas() throws Exception {
    Files.writeString(segments(), "not for you");
    try (DaemonProcess daemon = start(config("volatile", segments()))) {
      assertThat(daemon.status()).isEqualTo(4);
      assertThat(daemon.errors()).contains("is not a directory").hasLineCount(1);
    }
    assertThat(segments()).hasContent("not for you");
  }

  @Test
  void aVolatileDaemonServesWhatItHasAndGoesOnWhenItsDirectoryIsBack() throws Exception {
    try (DaemonProcess daemon = start(config("volatile", segments()))) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      Path away = directory.resolve("away");
      try (TestClient client = client()) {
        byte[] first = page();
        assertThat(client.write(0, first)).isZero();
        Files.move(segments(), away);
        int refused = firstRefused(client);
        assertThat(client.read(0, PAGE_BYTES)).isEqualTo(first);
        daemon.awaitError("tier-error");
        daemon.awaitError("export 'default': no room came in time");
        Files.move(away, segments());
        while (client.write((long) refused * PAGE_BYTES, first) != 0) {
          // Until the tier has tried again.
        }
        assertThat(client.read((long) refused * PAGE_BYTES, PAGE_BYTES)).isEqualTo(first);
      }
      daemon.terminate();
      assertThat(daemon.status()).as(daemon.errors()).isZero();
      assertPlain(daemon.errors());
    }
  }

  /** Writes until RAM and the open segment are full; the number of the page that was refused. */
  private int firstRefused(TestClient client) throws IOException {
    int page = 1;
    int error = 0;
    while (error == 0) {
      error = client.write((long) page * PAGE_BYTES, page());
      page++;
    }
    assertThat(error).isEqualTo(ENOSPC);
    return page - 1;
  }

  @Test
  void aDurableDaemonPromisesNothingWhileItsDirectoryIsAway() throws Exception {
    String config = config("durable", segments());
    byte[] kept = page();
    try (DaemonProcess daemon = start(config)) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      Path away = directory.resolve("away");
      try (TestClient client = client()) {
        assertThat(client.write(0, page())).isZero();
        assertThat(client.flush()).isZero();
        Files.move(segments(), away);
        assertThat(client.write(0, kept)).isZero();
        assertThat(client.flush()).isEqualTo(EIO);
        assertThat(client.read(0, PAGE_BYTES)).isEqualTo(kept);
        daemon.awaitError("error: export 'default': ");
        Files.move(away, segments());
        assertThat(client.flush()).isZero();
      }
      daemon.kill();
    }
    try (DaemonProcess daemon = start(config)) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      try (TestClient client = client()) {
        assertThat(client.read(0, PAGE_BYTES)).isEqualTo(kept);
      }
      daemon.terminate();
      assertThat(daemon.status()).as(daemon.errors()).isZero();
    }
  }

  @Test
  void aDurableDaemonThatIsStoppedWithoutItsDirectorySaysThatItFailed() throws Exception {
    try (DaemonProcess daemon = start(config("durable", segments()))) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      try (TestClient client = client()) {
        assertThat(client.write(0, page())).isZero();
      }
      Files.move(segments(), directory.resolve("away"));
      daemon.terminate();
      assertThat(daemon.status()).isEqualTo(1);
      assertPlain(daemon.errors());
      String[] lines = daemon.errors().split("\n");
      assertThat(lines).as(Arrays.toString(lines)).contains("pagestrata run: stopping");
      assertThat(lines[lines.length - 1]).startsWith("pagestrata run: ").contains("segments");
    }
    assertThat(segments()).doesNotExist();
  }
}
