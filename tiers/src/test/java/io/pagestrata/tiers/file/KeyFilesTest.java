// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void refusesWhatIsNoKeyAndDoesNotShowIt() throws IOException {
    Path file = write("secret but too short".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> KeyFiles.read(file))
        .hasMessageContaining("holds no key")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> KeyFiles.read(directory.resolve("none")))
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> KeyFiles.fromCommand("exit 3"))
        .hasMessageContaining("the key command failed");
  }
}
