// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.EncryptionKeys;
import io.pagestrata.core.PageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code fsck} and {@code inspect} as a script meets them: lines, a status, a signal. */
class FsckProcessTest {
  private static final int HEADER_BYTES = 4096;

  /** What a shell says of a process that the signal has ended. */
  private static final int SIGTERM = 128 + 15;

  @TempDir private Path directory;
  private Path store;

  /** What a process said, and how it ended. */
  private record Ended(int status, List<String> lines, String errors) {}

  @BeforeEach
  void name() {
    store = directory.resolve("store");
  }

  private DaemonProcess start(Object... arguments) throws IOException {
    String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    return DaemonProcess.start(directory, Map.of(), words);
  }

  private Ended run(Object... arguments) throws Exception {
    try (DaemonProcess process = start(arguments)) {
      List<String> lines = process.rest();
      return new Ended(process.status(), lines, process.errors());
    }
  }

  private Map<String, ByteBuffer> contents() throws IOException {
    Map<String, ByteBuffer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(store)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  @Test
  void aDamagedStoreIsToldLineByLineThenRepairedThenClean() throws Exception {
    DurableStore.make(store);
    DurableStore.damageFirstRecord(store);
    Ended found = run("fsck", store);
    assertThat(found.status()).isEqualTo(4);
    assertThat(found.lines())
        .first()
        .asString()
        .startsWith("loss   " + DurableStore.SEGMENT + " offset 4096: ")
        .contains("; --repair: ");
    assertThat(found.lines()).last().isEqualTo(store + ": 1 finding, 1 left");
    Ended repaired = run("fsck", store, "--repair");
    assertThat(repaired.status()).isEqualTo(1);
    assertThat(repaired.lines()).last().isEqualTo(store + ": 1 finding, repaired or harmless");
    Ended clean = run("fsck", store);
    assertThat(clean.status()).isZero();
    assertThat(clean.lines()).last().isEqualTo(store + ": clean");
    assertThat(List.of(found.errors(), repaired.errors(), clean.errors())).containsOnly("");
  }

  @Test
  void aStoreThatAnotherProcessUsesIsInspectedOnly() throws Exception {
    DurableStore.make(store);
    try (PageStore running = DurableStore.open(store)) {
      assertThat(running.pools()).hasSize(1);
      Ended checked = run("fsck", store, "--repair");
      assertThat(checked.status()).isEqualTo(9);
      assertThat(checked.lines()).isEmpty();
      assertThat(checked.errors()).contains(store + " is in use").hasLineCount(1);
      Ended inspected = run("inspect", store);
      assertThat(inspected.status()).isZero();
      assertThat(String.join(" ", inspected.lines())).contains("swap");
    }
  }

  @Test
  void encryptedRecordsAreCheckedAsFarAsTheKeyAllows() throws Exception {
    Path key = directory.resolve("key");
    EncryptionKeys.create(key);
    DurableStore.makeEncrypted(store, key);
    Ended without = run("fsck", store);
    assertThat(without.status()).isZero();
    assertThat(without.lines())
        .last()
        .asString()
        .startsWith(store + ": clean; without key ")
        .endsWith(" encrypted records were checked by checksum only");
    Ended with = run("fsck", store, "--key-file", key);
    assertThat(with.status()).isZero();
    assertThat(with.lines()).last().isEqualTo(store + ": clean");
  }

  @Test
  void aNewerFormatIsLeftAlone() throws Exception {
    DurableStore.make(store);
    byte[] bytes = Files.readAllBytes(store.resolve(DurableStore.SEGMENT));
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort(12, (short) 99);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, HEADER_BYTES - 4);
    header.putInt(HEADER_BYTES - 4, (int) crc.getValue());
    Files.write(store.resolve(DurableStore.SEGMENT), bytes);
    Map<String, ByteBuffer> before = contents();
    Ended refused = run("fsck", store, "--repair", "--accept-loss");
    assertThat(refused.status()).isEqualTo(8);
    assertThat(refused.errors())
        .contains(DurableStore.SEGMENT + " has format version 99, and this program reads")
        .hasLineCount(1);
    assertThat(contents()).isEqualTo(before);
  }

  /** Reading the key waits for the test; then there is work for longer than a stop may take. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aRepairThatIsAskedToEndChangesNothing() throws Exception {
    DurableStore.make(store);
    DurableStore.damageFirstRecord(store);
    byte[] header =
        Arrays.copyOf(Files.readAllBytes(store.resolve(DurableStore.SEGMENT)), HEADER_BYTES + 1);
    // Two bits: each one is tried.
    header[3000] ^= 1;
    header[3100] ^= 1;
    for (int i = 100; i < 3100; i++) {
      Files.write(store.resolve(String.format("segment-%08d.pss", i)), header);
    }
    Map<String, ByteBuffer> before = contents();
    Path key = directory.resolve("key");
    EncryptionKeys.create(key);
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start().waitFor())
        .isZero();
    try (DaemonProcess process = start("fsck", store, "--repair", "--key-file", pipe)) {
      Files.write(pipe, Files.readAllBytes(key));
      process.terminate();
      assertThat(process.status()).isEqualTo(SIGTERM);
      assertThat(process.errors().strip())
          .isEqualTo("pagestrata fsck: stopped, nothing was changed");
    }
    assertThat(contents()).isEqualTo(before);
  }
}
