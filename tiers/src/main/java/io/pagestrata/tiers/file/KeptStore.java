// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * What an earlier run of a durable store left in a directory, as far as sizes must fit it. Found
 * out without the lock of the directory and without reading a segment. Immutable.
 *
 * @param pageBytes page size
 * @param fileBytes length of all segments together
 * @param largest name of the largest segment, empty when there is none
 * @param largestBytes length of that
 */
public record KeptStore(int pageBytes, long fileBytes, String largest, long largestBytes) {
  /**
   * Looks into a directory.
   *
   * @param directory any; it need not exist
   * @return empty when no manifest says that there is a durable store
   * @throws IOException when it cannot be read
   */
  public static Optional<KeptStore> in(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    SegmentFiles files = NioSegmentFiles.forReading(directory);
    Manifest manifest = new ManifestFiles(files).load();
    if (manifest == null) {
      return Optional.empty();
    }
    long fileBytes = 0;
    String largest = "";
    long largestBytes = 0;
    for (String name : files.list()) {
      if (SegmentNames.isName(name)) {
        long bytes = bytes(directory.resolve(name));
        fileBytes += bytes;
        if (bytes > largestBytes) {
          largest = name;
          largestBytes = bytes;
        }
      }
    }
    return Optional.of(new KeptStore(manifest.pageBytes(), fileBytes, largest, largestBytes));
  }

  /**
   * Looks whether keys open everything in a directory. Reads the header of each segment.
   *
   * @param directory that of a durable store
   * @param encryption the keys
   * @throws MissingKeyException when one is missing
   * @throws IOException when something cannot be read
   */
  public static void checkKeys(Path directory, FileEncryption encryption) throws IOException {
    SegmentFiles files = NioSegmentFiles.forReading(directory);
    Manifest manifest = new ManifestFiles(files).load();
    if (manifest != null) {
      SegmentKeys keys = new SegmentKeys(encryption, manifest.pageBytes());
      keys.check(files, SegmentNames.list(files).values());
      new DictionaryFiles(files, manifest.storeId(), keys).checkKeys();
    }
  }

  private static long bytes(Path segment) throws IOException {
    try {
      return Files.readAttributes(segment, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .size();
    } catch (NoSuchFileException e) {
      // A store that runs has deleted it since.
      return 0;
    }
  }
}
