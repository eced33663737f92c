// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reads keys from files and commands, and makes new ones: 32 bytes, or 64 hexadecimal digits. No
 * message holds any part of a key. Stateless and thread-safe.
 */
public final class KeyFiles {
  private static final int DIGITS = 2 * EncryptionKey.BYTES;
  private static final int MOST_BYTES = DIGITS + 2;
  private static final long COMMAND_SECONDS = 60;
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private KeyFiles() {}

  /**
   * Reads a key file.
   *
   * @param file accessible to its owner only, where the file system knows owners
   * @return the key
   * @throws IOException when it cannot be read, others may read it, or it holds no key
   */
  public static EncryptionKey read(Path file) throws IOException {
    String name = "the key file " + file;
    try (InputStream in = Files.newInputStream(file)) {
      PosixFileAttributeView rights =
          Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (rights != null && !OWNER.containsAll(rights.readAttributes().permissions())) {
        throw new IOException(
            name + " is open to others than its owner; expected rights such as 600");
      }
      return parse(in.readNBytes(MOST_BYTES + 1), name);
    } catch (FileSystemException e) {
      throw new IOException(name + " cannot be read", e);
    }
  }

  /**
   * Runs a command that prints a key.
   *
   * @param command for sh; must end within a minute
   * @return the key
   * @throws IOException when it fails or prints no key
   */
  public static EncryptionKey fromCommand(String command) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream in = process.getInputStream()) {
      process.getOutputStream().close();
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("the key command failed");
      }
      return parse(bytes, "the key command");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the key command ran", e);
    } finally {
      process.destroy();
    }
  }

  private static EncryptionKey parse(byte[] bytes, String name) throws IOException {
    if (bytes.length == EncryptionKey.BYTES) {
      return new EncryptionKey(bytes);
    }
    if (bytes.length <= MOST_BYTES) {
      String digits = new String(bytes, StandardCharsets.US_ASCII).strip();
      if (digits.length() == DIGITS && digits.chars().allMatch(HexFormat::isHexDigit)) {
        return new EncryptionKey(HexFormat.of().parseHex(digits));
      }
    }
    throw new IOException(name + " holds no key; expected 32 bytes or 64 hexadecimal digits");
  }

  /**
   * Makes a file with a new random key, which its owner alone can read.
   *
   * @param file must not exist
   * @return the key
   * @throws IOException when it exists or cannot be written
   */
  public static EncryptionKey create(Path file) throws IOException {
    byte[] bytes = EncryptionKey.randomBytes(EncryptionKey.BYTES);
    byte[] text = (HexFormat.of().formatHex(bytes) + "\n").getBytes(StandardCharsets.US_ASCII);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(file);
    }
    Files.write(file, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    return new EncryptionKey(bytes);
  }
}
