// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import io.pagestrata.tiers.crypt.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The index files of a directory, as far as they are known without opening one. Stateless. */
final class IndexFiles {
  /** The library sets the word's highest bit while the header is being written; then its length. */
  private static final int READY_OFFSET = 8;

  private IndexFiles() {}

  /** The file in a directory that has this shape, if there is one. */
  static Optional<Path> find(Path directory, IndexShape shape) throws IOException {
    for (Path file : files(directory)) {
      if (shape.fits(file, Files.size(file)) && isReady(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** A header that was never finished would keep the library waiting for a minute. */
  private static boolean isReady(Path file) throws IOException {
    ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.read(word, READY_OFFSET) == Integer.BYTES && word.getInt(0) > 0;
    }
  }

  /** Deletes every index file of a directory but one. */
  static void deleteOthers(Path directory, Optional<Path> kept) throws IOException {
    for (Path file : files(directory)) {
      if (!kept.equals(Optional.of(file))) {
        Files.delete(file);
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (Stream<Path> all = Files.list(directory)) {
      all.filter(file -> IndexShape.isName(file.getFileName().toString()))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .forEach(found::add);
    }
    return found;
  }

  /** Makes an empty file, for its owner only, that is not found by {@link #find} yet. */
  static Path createNew(Path directory) throws IOException {
    Path fresh = directory.resolve(IndexShape.NEW_NAME);
    Files.createFile(fresh, OwnerOnly.file());
    return fresh;
  }
}
