// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a process needs that serves swap to its own machine: it must never wait for memory that can
 * only come free by swapping to itself. Stateless.
 *
 * <p>Whether a task is an I/O flusher is a matter of each thread, handed down to the threads and
 * programs it starts. The threads of the JVM are there before any Java code is, so the launcher
 * makes itself a flusher and then becomes the JVM; here it is only verified.
 */
public final class SwapSafety {
  private static final Path OOM_SCORE_FILE = Path.of("/proc/self/oom_score_adj");
  private static final String NEVER_KILL = "-1000";

  private SwapSafety() {}

  /**
   * Protects this process as far as it can be.
   *
   * @return one line for each protection that could not be had, none when it is safe
   */
  public static List<String> apply() {
    LibC libC = LibC.ofThisSystem();
    if (libC == null) {
      return List.of("protection against swapping to itself is known for 64-bit Linux only");
    }
    List<String> problems = new ArrayList<>();
    verifyFlusher(libC).ifPresent(problems::add);
    lockMemory(libC).ifPresent(problems::add);
    forbidKilling(OOM_SCORE_FILE).ifPresent(problems::add);
    return problems;
  }

  private static Optional<String> verifyFlusher(LibC libC) {
    try {
      return libC.prctl(LibC.PR_GET_IO_FLUSHER, 0, 0, 0, 0) == 1
          ? Optional.empty()
          : Optional.of("not an I/O flusher: start it with bin/pagestrata");
    } catch (LastErrorException e) {
      return Optional.of("not an I/O flusher: " + reasonForFlusher(e.getErrorCode()));
    }
  }

  private static String reasonForFlusher(int error) {
    return switch (error) {
      case LibC.EPERM -> "needs the capability CAP_SYS_RESOURCE";
      case LibC.EINVAL -> "needs Linux 5.6 or newer";
      default -> "prctl failed with error " + error;
    };
  }

  private static Optional<String> lockMemory(LibC libC) {
    try {
      libC.mlockall(LibC.MCL_CURRENT | LibC.MCL_FUTURE);
      return Optional.empty();
    } catch (LastErrorException e) {
      boolean limit = e.getErrorCode() == LibC.EPERM || e.getErrorCode() == LibC.ENOMEM;
      return Optional.of(
          "memory cannot be locked: "
              + (limit
                  ? "needs the capability CAP_IPC_LOCK, or an unlimited RLIMIT_MEMLOCK"
                  : "mlockall failed with error " + e.getErrorCode()));
    }
  }

  static Optional<String> forbidKilling(Path file) {
    try {
      if (!Files.readString(file).strip().equals(NEVER_KILL)) {
        Files.writeString(file, NEVER_KILL);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "may be killed when memory is short: "
              + file
              + " cannot be set to "
              + NEVER_KILL
              + ", which needs the capability CAP_SYS_RESOURCE");
    }
  }
}
