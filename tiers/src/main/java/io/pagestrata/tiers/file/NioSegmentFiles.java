// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.crypt.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Segment files in a directory of the operating system. */
final class NioSegmentFiles implements SegmentFiles {
  static final String PROBE_NAME = "pagestrata-direct-io.probe";

  private final Path directory;
  private final Set<OpenOption> openOptions = new HashSet<>();
  private final boolean directIo;

  /** What tells the lock file from another of its name; null where the system does not say. */
  private volatile Object lockKey;

  NioSegmentFiles(Path directory, boolean directIo) {
    this.directory = directory;
    this.directIo = directIo;
    openOptions.add(StandardOpenOption.READ);
    openOptions.add(StandardOpenOption.WRITE);
    if (directIo) {
      openOptions.add(directOption());
    }
  }

  private NioSegmentFiles(Path directory) {
    this.directory = directory;
    directIo = false;
    openOptions.add(StandardOpenOption.READ);
  }

  /** A directory whose files are read and never changed. */
  static SegmentFiles forReading(Path directory) {
    return new NioSegmentFiles(directory);
  }

  /**
   * The option that opens a file for direct I/O, looked up by name: it is part of the JDK but not
   * of the platform, and compilers from 24 on warn whoever imports it.
   */
  private static OpenOption directOption() {
    try {
      Object[] options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
      for (Object option : options) {
        if (option.toString().equals("DIRECT")) {
          return (OpenOption) option;
        }
      }
    } catch (ClassNotFoundException e) {
      throw new UnsupportedOperationException("this Java knows no direct I/O", e);
    }
    throw new UnsupportedOperationException("this Java knows no direct I/O");
  }

  /** One for reading keeps stores out as well, unless there is no lock file. */
  @Override
  public Closeable lock() throws IOException {
    boolean changes = openOptions.contains(StandardOpenOption.WRITE);
    if (changes) {
      Files.createDirectories(directory, OwnerOnly.directory());
    } else if (!Files.exists(directory.resolve(DirectoryLock.NAME))) {
      return () -> {};
    }
    DirectoryLock lock = DirectoryLock.take(directory, changes);
    try {
      if (directIo) {
        probeDirectIo();
      }
      lockKey = readLockKey();
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
    return lock;
  }

  private Object readLockKey() throws IOException {
    return Files.readAttributes(directory.resolve(DirectoryLock.NAME), BasicFileAttributes.class)
        .fileKey();
  }

  @Override
  public void checkPresent() throws IOException {
    Object key;
    try {
      key = readLockKey();
    } catch (NoSuchFileException e) {
      throw new IOException(
          "Directory " + directory + " or its " + DirectoryLock.NAME + " is gone", e);
    }
    if (!Objects.equals(key, lockKey)) {
      throw new IOException(
          "Directory " + directory + " or its " + DirectoryLock.NAME + " was replaced");
    }
  }

  /** Some file systems refuse at opening, some at the first transfer; both come out here. */
  private void probeDirectIo() throws IOException {
    Path probe = directory.resolve(PROBE_NAME);
    Files.deleteIfExists(probe);
    try (FileChannel channel = openNew(probe)) {
      channel.write(AlignedBuffers.allocate(AlignedBuffers.BLOCK_BYTES), 0);
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException(
          "The file system of "
              + directory
              + " refuses direct I/O in blocks of "
              + AlignedBuffers.BLOCK_BYTES
              + " bytes; turn direct I/O off.",
          e);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  private FileChannel openNew(Path path) throws IOException {
    Set<OpenOption> options = new HashSet<>(openOptions);
    options.add(StandardOpenOption.CREATE_NEW);
    return FileChannel.open(path, options, OwnerOnly.file());
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    Path path = directory.resolve(name);
    try {
      return new NioSegmentFile(path, openNew(path), openOptions);
    } catch (FileAlreadyExistsException e) {
      // Its message is the name alone.
      throw new IOException(FaultWords.of(e), e);
    }
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    Path path = directory.resolve(name);
    return new NioSegmentFile(path, FileChannel.open(path, openOptions), openOptions);
  }

  @Override
  public List<String> list() throws IOException {
    return list(true);
  }

  @Override
  public List<String> listOthers() throws IOException {
    return list(false);
  }

  private List<String> list(boolean regular) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) == regular) {
          names.add(entry.getFileName().toString());
        }
      }
    }
    return names;
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (Files.exists(directory.resolve(to), LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(directory.resolve(to).toString());
    }
    replace(from, to);
  }

  @Override
  public void replace(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void forceDirectory() throws IOException {
    force(directory);
  }

  @Override
  public void forceEntry() throws IOException {
    DirectoryEntries.force(directory, NioSegmentFiles::force);
  }

  private static void force(Path listed) throws IOException {
    // Through a segment file, since an interrupt must not end this call either.
    try (NioSegmentFile file =
        new NioSegmentFile(
            listed,
            FileChannel.open(listed, StandardOpenOption.READ),
            Set.of(StandardOpenOption.READ))) {
      file.force();
    }
  }
}
