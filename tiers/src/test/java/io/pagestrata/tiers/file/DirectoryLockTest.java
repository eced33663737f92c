// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.check.DirectoryInUseException;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who owns a directory, between processes; each step of one waits for that of the other. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DirectoryLockTest {
  private static final String READY = "ready";

  @TempDir private Path directory;

  /** Another process, which holds something until it is told to end. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      Path directory = Path.of(args[1]);
      try (Closeable held = hold(args[0], directory)) {
        System.out.print(READY);
        System.out.flush();
        if (System.in.read() >= 0 && held != null) {
          throw new IOException("nothing is sent here");
        }
      }
    }

    private static Closeable hold(String what, Path directory) throws IOException {
      switch (what) {
        case "work":
          return DirectoryLock.take(directory, true);
        case "read":
          return DirectoryLock.take(directory, false);
        default:
          // In the middle of a question, or a program that locks everything and says nothing.
          RandomAccessFile file = new RandomAccessFile(lockFile(directory).toFile(), "rw");
          boolean asks = what.equals("ask");
          long from = asks ? (1L << 62) + 1 : 0;
          file.getChannel().lock(from, asks ? 1 : Long.MAX_VALUE, asks);
          return file;
      }
    }
  }

  private static Path lockFile(Path directory) {
    return directory.resolve(DirectoryLock.NAME);
  }

  private ProcessBuilder program(String what) {
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx32m",
        "-cp",
        System.getProperty("java.class.path"),
        Holder.class.getName(),
        what,
        directory.toString());
  }

  private Process holder(String what) throws IOException {
    Process process = program(what).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    byte[] ready = process.getInputStream().readNBytes(READY.length());
    assertThat(new String(ready, StandardCharsets.US_ASCII)).isEqualTo(READY);
    return process;
  }

  private static void end(Process holder) throws Exception {
    holder.getOutputStream().close();
    assertThat(holder.waitFor(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void whoHasItIsNamedUntilItEndsInOrderOrNot() throws Exception {
    Process holder = holder("work");
    String named = "process " + holder.pid() + ", since 20";
    assertThatThrownBy(() -> DirectoryLock.take(directory, true))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessageContaining("Directory " + directory + " is in use by " + named);
    assertThatThrownBy(() -> DirectoryLock.take(directory, false))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessageContaining(named);
    assertThat(DirectoryLock.user(directory)).get().asString().startsWith(named);
    end(holder);
    assertThat(DirectoryLock.user(directory)).isEmpty();
    assertThat(lockFile(directory)).isEmptyFile();
    Process killed = holder("work");
    killed.destroyForcibly();
    assertThat(killed.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(lockFile(directory)).isNotEmptyFile();
    assertThat(DirectoryLock.user(directory)).isEmpty();
    DirectoryLock.take(directory, true).close();
  }

  // Forbidden: somebody asks whether a store runs, at the very moment when one starts, and the
  // start fails, since the directory is "in use" by the question.
  @Test
  void aQuestionIsNotInTheWayOfAStart() throws Exception {
    Files.createFile(lockFile(directory));
    Process asking = holder("ask");
    try (Closeable lock = DirectoryLock.take(directory, true)) {
      assertThat(lock).isNotNull();
      // Of two who believed that they own it, one would be wrong.
      assertThatThrownBy(() -> DirectoryLock.take(directory, true))
          .isInstanceOf(DirectoryInUseException.class);
    }
    end(asking);
  }

  @Test
  void whoAsksFromTheSameProcessTakesNothingAway() throws Exception {
    try (Closeable lock = DirectoryLock.take(directory, true)) {
      assertThat(lock).isNotNull();
      assertThat(DirectoryLock.user(directory)).contains("another store of this process");
      Process late = program("work").redirectErrorStream(true).start();
      assertThat(new String(late.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .contains("in use by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void severalMayCheckWhatCannotBeWrittenToAndNobodyStartsMeanwhile() throws Exception {
    Files.createFile(lockFile(directory));
    Process reader = holder("read");
    try (Closeable second = DirectoryLock.take(directory, false)) {
      assertThat(second).isNotNull();
    }
    assertThatThrownBy(() -> DirectoryLock.take(directory, true))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessageContaining("another process");
    end(reader);
    DirectoryLock.take(directory, true).close();
  }

  @Test
  void aNameThatWasLeftByAnotherIsNotTold() throws Exception {
    String mine = "pid " + ProcessHandle.current().pid() + " since 2001-01-01T00:00:00Z\n";
    for (String left :
        new String[] {"pid 999999999999 since 2026-01-01T00:00:00Z", mine, "?", ""}) {
      Files.writeString(lockFile(directory), left);
      Process silent = holder("everything");
      assertThat(DirectoryLock.user(directory)).contains("another process");
      end(silent);
    }
  }
}
