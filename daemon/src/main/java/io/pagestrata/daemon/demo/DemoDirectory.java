// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.daemon.input.LeftOvers;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.tiers.file.AbandonedSegments;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the segments of a demo go. Closing it, once the store is closed, deletes what the demo made
 * unless somebody put more into it. For one thread.
 */
final class DemoDirectory implements AutoCloseable {
  private static final String PREFIX = "pagestrata-demo-";

  private final Path path;
  private final Closeable removal;

  private DemoDirectory(Path path, Closeable removal) {
    this.path = path;
    this.removal = removal;
  }

  /** A new directory of our own; those that killed demos left beside it are removed. */
  static DemoDirectory temporary(Path parent) throws IOException {
    TemporaryDirectory directory = TemporaryDirectory.create(parent, PREFIX);
    LeftOvers.remove(directory.path(), PREFIX, AbandonedSegments::delete);
    return new DemoDirectory(directory.path(), directory::close);
  }

  /** A directory that the user named; it need not exist, the store makes it. */
  static DemoDirectory named(Path path) {
    List<Path> missing = new ArrayList<>();
    Path place = path.toAbsolutePath().normalize();
    while (place != null && !Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      missing.add(place);
      place = place.getParent();
    }
    return new DemoDirectory(path, () -> removeMade(missing));
  }

  Path path() {
    return path;
  }

  private static void removeMade(List<Path> made) {
    try {
      if (made.isEmpty() || !AbandonedSegments.delete(made.get(0))) {
        return;
      }
      for (Path above : made.subList(1, made.size())) {
        Files.deleteIfExists(above);
      }
    } catch (IOException e) {
      // Somebody put something into it meanwhile: then it is theirs, and stays.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    removal.close();
  }
}
