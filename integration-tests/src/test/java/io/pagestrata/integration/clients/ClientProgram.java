// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs programs that other people wrote. */
final class ClientProgram {
  private static final long MOST_SECONDS = 60;

  private ClientProgram() {}

  /**
   * The file of a program; skips the test when the machine does not have it. Tools for file systems
   * are not on the path of everybody.
   */
  static String assumeInstalled(String program) {
    String folders = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    Optional<Path> found =
        Stream.of(folders.split(Pattern.quote(File.pathSeparator)))
            .map(folder -> Path.of(folder).resolve(program))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), program + " is not installed");
    return found.get().toString();
  }

  /** What a program printed, which must have ended well. */
  static String run(Path directory, String... command) throws IOException, InterruptedException {
    command[0] = assumeInstalled(command[0]);
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String printed = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended).as("%s ended in time: %s", List.of(command), printed).isTrue();
    assertThat(process.exitValue()).as("%s: %s", List.of(command), printed).isZero();
    return printed;
  }
}
