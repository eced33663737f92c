// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds large files that every Java installation has: real bytes without asking the user for any.
 */
public final class JdkFiles {
  private static final List<String> COMPRESSED = List.of(".jmod", ".zip", ".jar", ".sym", ".gz");

  private JdkFiles() {}

  private record Candidate(Path path, long bytes) {
    boolean isCompressed() {
      String name = path.getFileName().toString();
      return COMPRESSED.stream().anyMatch(name::endsWith);
    }
  }

  /**
   * Chooses files until enough bytes are together: {@code lib/modules} first where it exists, then
   * the largest ones, archives last since they hardly compress.
   *
   * @param javaHome root of a Java installation
   * @param wantedBytes total size to reach
   * @return the files, largest first within each kind
   * @throws InputException when the installation is smaller than that
   */
  public static List<Path> atLeast(Path javaHome, long wantedBytes) throws InputException {
    List<Candidate> candidates = new ArrayList<>();
    try (Stream<Path> files = Files.walk(javaHome)) {
      for (Path path : (Iterable<Path>) files::iterator) {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(path)) {
          candidates.add(new Candidate(path, Files.size(path)));
        }
      }
    } catch (IOException e) {
      throw new InputException("cannot look for input in " + javaHome + ": " + e.getMessage());
    }
    candidates.sort(
        Comparator.comparing(Candidate::isCompressed)
            .thenComparing(Comparator.comparingLong(Candidate::bytes).reversed())
            .thenComparing(Candidate::path));
    List<Path> chosen = new ArrayList<>();
    long bytes = 0;
    for (Candidate candidate : candidates) {
      if (bytes >= wantedBytes) {
        break;
      }
      chosen.add(candidate.path);
      bytes += candidate.bytes;
    }
    if (bytes < wantedBytes) {
      throw new InputException(
          javaHome
              + " holds only "
              + bytes
              + " bytes of files, "
              + wantedBytes
              + " are needed: give --input FILE");
    }
    return chosen;
  }
}
