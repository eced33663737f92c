// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads keys from files and commands, and makes new ones: 32 bytes, or 64 hexadecimal digits. No
 * message holds any part of a key. Stateless and thread-safe.
 */
public final class KeyFiles {
  private static final int DIGITS = 2 * EncryptionKey.BYTES;
  private static final int MOST_BYTES = DIGITS + 2;
  private static final Duration COMMAND_WAIT = Duration.ofMinutes(1);
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
      return parse(in.readNBytes(MOST_BYTES + 1), name, "holds");
    } catch (FileSystemException e) {
      throw new IOException(name + " cannot be read", e);
    }
  }

  /**
   * Runs a command that prints a key.
   *
   * @param command for sh; must end within a minute
   * @return the key
   * @throws IOException when it fails, does not end in time or prints no key
   */
  public static EncryptionKey fromCommand(String command) throws IOException {
    return fromCommand(command, COMMAND_WAIT);
  }

  static EncryptionKey fromCommand(String command, Duration wait) throws IOException {
    // What it says may hold the key as well, so it goes nowhere.
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    FutureTask<byte[]> printed =
        new FutureTask<>(() -> process.getInputStream().readNBytes(MOST_BYTES + 1));
    Thread reader = new Thread(printed, "pagestrata-key-command");
    reader.setDaemon(true);
    reader.start();
    long deadlineNanos = System.nanoTime() + wait.toNanos();
    try {
      process.getOutputStream().close();
      byte[] bytes = printed.get(wait.toNanos(), TimeUnit.NANOSECONDS);
      if (bytes.length <= MOST_BYTES
          && !process.waitFor(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new TimeoutException();
      }
      if (bytes.length <= MOST_BYTES && process.exitValue() != 0) {
        throw new IOException("the key command ended with status " + process.exitValue());
      }
      return parse(bytes, "the key command", "printed");
    } catch (TimeoutException e) {
      throw new IOException("the key command did not end within " + wait.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException("the key command cannot be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the key command ran");
    } finally {
      // Whatever it started may hold its output open.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Takes the key out of bytes, which are zeroes then. */
  private static EncryptionKey parse(byte[] bytes, String source, String verb) throws IOException {
    byte[] key = new byte[EncryptionKey.BYTES];
    try {
      int end = bytes.length;
      if (end == key.length) {
        return checked(bytes, source, verb);
      }
      while (end > 0 && end <= MOST_BYTES && Character.isWhitespace(bytes[end - 1])) {
        end--;
      }
      boolean digits = end == DIGITS;
      for (int i = 0; i < end && digits; i++) {
        digits = HexFormat.isHexDigit(bytes[i]);
      }
      if (!digits) {
        throw new IOException(
            source + " " + verb + " no key; expected 32 bytes or 64 hexadecimal digits");
      }
      for (int i = 0; i < key.length; i++) {
        int high = HexFormat.fromHexDigit(bytes[2 * i]);
        key[i] = (byte) (high << 4 | HexFormat.fromHexDigit(bytes[2 * i + 1]));
      }
      return checked(key, source, verb);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  /** A file that was made and never filled holds zeroes, as long as it may be. */
  private static EncryptionKey checked(byte[] key, String source, String verb) throws IOException {
    boolean alike = true;
    for (byte one : key) {
      alike &= one == key[0];
    }
    if (alike) {
      throw new IOException(
          source + " " + verb + " one byte " + key.length + " times, which is no key");
    }
    return new EncryptionKey(key);
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
    Files.createFile(file, OwnerOnly.file());
    Files.write(file, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    // A key that is gone after a loss of power takes with it whatever was written with it since.
    try (FileChannel directory =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
    return new EncryptionKey(bytes);
  }
}
