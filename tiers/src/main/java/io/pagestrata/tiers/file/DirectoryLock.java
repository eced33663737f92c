// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.check.DirectoryInUseException;
import io.pagestrata.tiers.crypt.OwnerOnly;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lock of a directory: held by whoever works in it, and asked for by those who want to know.
 *
 * <pre>
 *   owner byte      exclusive: a store, a check; shared: a check of what cannot be written to
 *   presence byte   exclusive while the owner byte is; shared for a moment by those who ask
 * </pre>
 *
 * <p>Two bytes, so that asking never makes a start fail: only owners touch the owner byte, and an
 * owner waits a little for the other one, then does without. Locks of the system go with their
 * process. The file says which process it is, for people.
 *
 * <p>On POSIX systems closing any channel of a file drops every lock that the process holds on it,
 * so {@link #HELD_HERE} is looked at before the file is touched. It guards itself and every such
 * look.
 */
final class DirectoryLock implements Closeable {
  static final String NAME = "pagestrata.lock";

  /** Directories locked by this process. */
  private static final Set<Path> HELD_HERE = new HashSet<>();

  /** Behind everything that is in the file, since some systems let nobody read what is locked. */
  private static final long OWNER_BYTE = 1L << 62;

  private static final long PRESENCE_BYTE = OWNER_BYTE + 1;
  private static final int PRESENCE_TRIES = 50;
  private static final long BREAK_NANOS = 2_000_000;
  private static final int MOST_TEXT_BYTES = 64;
  private static final Pattern TEXT = Pattern.compile("pid (\\d{1,18}) since (\\S+)\\s*");

  private final Path real;

  /** No bare channel: an interrupt would close that, and the lock would be gone with it. */
  private final RandomAccessFile file;

  private final boolean changes;

  private DirectoryLock(Path real, RandomAccessFile file, boolean changes) {
    this.real = real;
    this.file = file;
    this.changes = changes;
  }

  /**
   * Takes a directory.
   *
   * @param changes whether to work in it; else others may read it as well
   * @throws DirectoryInUseException when somebody else has it
   */
  static DirectoryLock take(Path directory, boolean changes) throws IOException {
    Path real = directory.toRealPath();
    synchronized (HELD_HERE) {
      if (!HELD_HERE.add(real)) {
        throw inUse(directory, "another store of this process");
      }
      try {
        return take(directory, real, changes);
      } catch (IOException | RuntimeException e) {
        HELD_HERE.remove(real);
        throw e;
      }
    }
  }

  private static DirectoryLock take(Path directory, Path real, boolean changes) throws IOException {
    RandomAccessFile file = open(real.resolve(NAME), changes);
    try {
      if (file.getChannel().tryLock(OWNER_BYTE, 1, !changes) == null) {
        throw inUse(directory, owner(file));
      }
      if (changes) {
        showPresence(file.getChannel());
        tell(file, "pid " + ProcessHandle.current().pid() + " since " + now() + "\n");
      }
      return new DirectoryLock(real, file, changes);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static RandomAccessFile open(Path name, boolean changes) throws IOException {
    if (changes && Files.notExists(name, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createFile(name, OwnerOnly.file());
      } catch (FileAlreadyExistsException e) {
        // Another process was faster; the lock says whose directory it is.
        return open(name, true);
      }
    }
    try {
      return new RandomAccessFile(name.toFile(), changes ? "rw" : "r");
    } catch (FileNotFoundException e) {
      // Says why in brackets; whether it is missing matters least.
      throw new IOException("the lock cannot be opened: " + e.getMessage(), e);
    }
  }

  private static DirectoryInUseException inUse(Path directory, String owner) {
    return new DirectoryInUseException("Directory " + directory + " is in use by " + owner + ".");
  }

  /**
   * Without it nobody is told that the directory is in use, and nobody can take it all the same.
   */
  private static void showPresence(FileChannel channel) throws IOException {
    for (int left = PRESENCE_TRIES; left > 0; left--) {
      if (channel.tryLock(PRESENCE_BYTE, 1, false) != null) {
        return;
      }
      LockSupport.parkNanos(BREAK_NANOS);
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static void tell(RandomAccessFile file, String text) {
    try {
      file.setLength(0);
      file.write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The lock counts. A disk that is full is no reason not to start, and none not to end.
      return;
    }
  }

  /**
   * Who uses a directory now, in words; empty also when nobody can know, since there is no lock
   * file. Never in the way of one who takes it.
   */
  static Optional<String> user(Path directory) throws IOException {
    Path real = directory.toRealPath();
    synchronized (HELD_HERE) {
      if (HELD_HERE.contains(real)) {
        return Optional.of("another store of this process");
      }
      if (!Files.exists(real.resolve(NAME))) {
        return Optional.empty();
      }
      try (RandomAccessFile file = open(real.resolve(NAME), false)) {
        boolean free = file.getChannel().tryLock(PRESENCE_BYTE, 1, true) != null;
        return free ? Optional.empty() : Optional.of(owner(file));
      }
    }
  }

  /** What the file says of the owner, as long as that can be true: it may be of one before. */
  private static String owner(RandomAccessFile file) throws IOException {
    byte[] bytes = new byte[MOST_TEXT_BYTES];
    int count = Math.max(0, file.read(bytes));
    Matcher text = TEXT.matcher(new String(bytes, 0, count, StandardCharsets.US_ASCII));
    if (!text.matches()) {
      return "another process";
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(text.group(1)));
    boolean isItself =
        process.isPresent()
            && process
                .flatMap(it -> it.info().startInstant())
                .map(start -> start.truncatedTo(ChronoUnit.SECONDS))
                .filter(start -> start.toString().compareTo(text.group(2)) > 0)
                .isEmpty();
    return isItself ? "process " + text.group(1) + ", since " + text.group(2) : "another process";
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD_HERE) {
      if (!file.getChannel().isOpen()) {
        return;
      }
      try (file) {
        if (changes) {
          tell(file, "");
        }
      } finally {
        HELD_HERE.remove(real);
      }
    }
  }
}
