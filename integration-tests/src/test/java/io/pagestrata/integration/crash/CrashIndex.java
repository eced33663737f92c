// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What a crash leaves of a location index, which is a mapped file of a real directory that nobody
 * forces: what it holds at the moment, what it held at an earlier one, or pages of both. For one
 * thread, beside that of the index.
 */
final class CrashIndex {
  private static final int PAGE_BYTES = 4096;

  private final Path root;

  /** Files by directory and name, as they were at the crash before. */
  private final Map<Path, byte[]> before = new HashMap<>();

  CrashIndex(Path root) {
    this.root = root;
  }

  /** An empty directory for a new store. */
  Path makeDirectory() throws IOException {
    return Files.createTempDirectory(root, "index");
  }

  /** The same setup, with an index in a directory of its own when it has one. */
  CrashSetup afterCrash(CrashSetup setup, Random chance) throws IOException {
    if (setup.index() == null) {
      return setup;
    }
    Path left = makeDirectory();
    int kept = chance.nextInt(4);
    for (Path file : files(setup.index())) {
      byte[] bytes = read(file);
      byte[] old = before.put(file, bytes);
      if (old != null && old.length == bytes.length) {
        bytes = mixed(old, bytes, kept, chance);
      }
      Files.write(left.resolve(file.getFileName()), bytes);
    }
    return setup.with(left);
  }

  /** Removes what {@link #afterCrash} made. */
  void forget(CrashSetup setup) throws IOException {
    if (setup.index() != null) {
      for (Path file : files(setup.index())) {
        before.remove(file);
        Files.delete(file);
      }
      Files.delete(setup.index());
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.toList();
    }
  }

  /** Nothing of a file that gets its name just now. */
  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  private static byte[] mixed(byte[] old, byte[] now, int kept, Random chance) {
    byte[] mixed = now.clone();
    for (int at = 0; at < now.length; at += PAGE_BYTES) {
      if (kept == 1 || kept == 2 && chance.nextBoolean()) {
        System.arraycopy(old, at, mixed, at, Math.min(PAGE_BYTES, now.length - at));
      }
    }
    return mixed;
  }
}
