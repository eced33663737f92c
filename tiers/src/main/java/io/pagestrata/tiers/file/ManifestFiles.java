// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The manifest files of a directory. Each save makes a new file and then deletes the one before, so
 * that a whole one is there at any moment. Stateless but for the directory.
 */
final class ManifestFiles {
  private static final Logger LOG = LogManager.getLogger(ManifestFiles.class);
  private static final Pattern NAME = Pattern.compile("store-([0-9]{8,18})\\.psm");

  /** A file with a number that is farther from that of a whole one was no save of this store. */
  private static final long MOST_FAILED_SAVES = 1 << 20;

  private final WholeFiles files;

  ManifestFiles(SegmentFiles files) {
    this.files = new WholeFiles(files);
  }

  /** Names of the manifest files by number, whatever is in them. */
  SortedMap<Long, String> names() throws IOException {
    return files.names(NAME);
  }

  static boolean isName(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  boolean exist() throws IOException {
    return !names().isEmpty();
  }

  /**
   * The newest manifest that is whole, with the highest number that any has. Nothing is deleted:
   * what can be read after a failed force need not be on the medium.
   *
   * @return null when there is none
   */
  Manifest load() throws IOException {
    SortedMap<Long, String> names = names();
    Set<Long> numbers = Set.copyOf(names.keySet());
    while (!names.isEmpty()) {
      Manifest newest = read(names.remove(names.lastKey()));
      if (newest != null) {
        return newest.withNumber(lastNumber(numbers, newest.number()));
      }
    }
    return null;
  }

  /**
   * The highest number that a save of this store may have had.
   *
   * @param numbers of all files, whatever is in them
   * @param newest that of the newest manifest that is whole, or 0
   */
  static long lastNumber(Set<Long> numbers, long newest) {
    long most = newest == 0 ? Manifest.MOST_NUMBER : newest + MOST_FAILED_SAVES;
    return numbers.stream().filter(number -> number < most).reduce(newest, Math::max);
  }

  /** The manifest in a file; null when it is not whole. */
  Manifest read(String name) throws IOException {
    ByteBuffer bytes = files.read(name);
    Manifest manifest = bytes == null ? null : Manifest.decode(bytes, name);
    return manifest != null && name.equals(name(manifest)) ? manifest : null;
  }

  /** Whether the file of a manifest holds just that. */
  boolean isWhole(Manifest manifest) {
    try {
      return manifest.equals(read(name(manifest)));
    } catch (IOException e) {
      LOG.error("{} cannot be read: {}", name(manifest), e.toString());
      return false;
    }
  }

  /** The file name of a manifest. */
  static String name(Manifest manifest) {
    return String.format("store-%08d.psm", manifest.number());
  }

  /** Writes a manifest to a file that is none yet. It is on the medium when the call returns. */
  void prepare(Manifest manifest, String fileName) throws IOException {
    files.write(fileName, manifest.encode());
  }

  /** Writes a manifest that replaces all others. It is on the medium when the call returns. */
  void save(Manifest manifest) throws IOException {
    files.write(name(manifest), manifest.encode());
    settle(manifest);
  }

  /** Deletes what a manifest on the medium has replaced. */
  void settle(Manifest manifest) {
    try {
      deleteOthers(manifest);
    } catch (IOException e) {
      // Harmless, since the highest number counts; the next save tries again.
      LOG.warn("an old manifest stays for now: {}", e.getMessage());
    }
  }

  private void deleteOthers(Manifest kept) throws IOException {
    for (String name : names().values()) {
      if (!name.equals(name(kept))) {
        files.delete(name);
      }
    }
  }
}
