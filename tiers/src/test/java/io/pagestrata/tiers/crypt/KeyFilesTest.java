// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys from files and commands. */
class KeyFilesTest {
  @TempDir Path directory;

  private Path write(byte[] content) throws IOException {
    Path file = directory.resolve("written");
    KeyFiles.create(file);
    return Files.write(file, content);
  }

  @Test
  void aNewKeyIsReadAgain() throws IOException {
    Path file = directory.resolve("key");
    EncryptionKey key = KeyFiles.create(file);
    assertThat(KeyFiles.read(file).id()).isEqualTo(key.id());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> KeyFiles.create(file)).isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void rawBytesAndDigitsAreTheSameKey() throws IOException {
    byte[] bytes = EncryptionKey.randomBytes(EncryptionKey.BYTES);
    Path file = write(bytes);
    long id = new EncryptionKey(bytes).id();
    assertThat(KeyFiles.read(file).id()).isEqualTo(id);
    String digits = HexFormat.of().withUpperCase().formatHex(bytes);
    assertThat(KeyFiles.fromCommand("echo " + digits).id()).isEqualTo(id);
    assertThat(KeyFiles.fromCommand("cat '" + file + "'").id()).isEqualTo(id);
  }

  @Test
  void refusesWhatOthersMayRead() throws IOException {
    Path file = directory.resolve("key");
    KeyFiles.create(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> KeyFiles.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("open to others");
  }

  @Test
  void refusesAFileThatNobodyFilled() throws IOException {
    Path file = write(new byte[EncryptionKey.BYTES]);
    assertThatThrownBy(() -> KeyFiles.read(file))
        .hasMessageContaining("holds one byte 32 times, which is no key");
    assertThatThrownBy(() -> KeyFiles.fromCommand("printf %064d 0"))
        .hasMessageContaining("printed one byte 32 times");
  }

  @Test
  void refusesWhatIsNoKeyAndDoesNotShowIt() throws IOException {
    Path file = write("secret but too short".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> KeyFiles.read(file))
        .hasMessageContaining("holds no key")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> KeyFiles.read(directory.resolve("none")))
        .hasMessageContaining("cannot be read");
  }

  @Test
  void sayWhatAKeyCommandDidAndNotWhatItPrinted() {
    assertThatThrownBy(() -> KeyFiles.fromCommand("echo secret; echo secret >&2; exit 3"))
        .hasMessage("the key command ended with status 3");
    assertThatThrownBy(() -> KeyFiles.fromCommand("true"))
        .hasMessage("the key command printed no key; expected 32 bytes or 64 hexadecimal digits");
    assertThatThrownBy(() -> KeyFiles.fromCommand("echo secret"))
        .hasMessageContaining("the key command printed no key")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> KeyFiles.fromCommand("yes secret"))
        .hasMessageContaining("the key command printed no key");
  }

  /** One hangs, one prints and hangs, one leaves a child behind that keeps the output open. */
  @ParameterizedTest
  @ValueSource(strings = {"exec sleep 600", "yes 0 | head -c 64; sleep 600", "sleep 600 & wait"})
  void aKeyCommandThatHangsIsEnded(String command) {
    assertThatThrownBy(() -> KeyFiles.fromCommand(command, Duration.ofMillis(200)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the key command did not end within");
  }
}
