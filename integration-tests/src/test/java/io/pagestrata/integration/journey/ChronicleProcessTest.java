// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.integration.support.ChronicleProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process does that uses Chronicle Map: its work, and nothing else. */
class ChronicleProcessTest {
  private static final long MOST_SECONDS = 120;

  /** As bin/pagestrata gives them. */
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED");

  @TempDir private Path home;
  @TempDir private Path elsewhere;

  @Test
  void nobodyIsContactedNothingIsWrittenNothingIsSaid() throws Exception {
    assertThat(run(FLAGS)).containsExactly(ChronicleProgram.DONE);
    assertThat(filesIn(home)).as("files in the home directory").isEmpty();
  }

  @Test
  void theCodeThatCallsHomeIsNotThere() {
    assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void missingFlagsAreToldAtOnceOnOneLine() throws Exception {
    assertThat(run(List.of()))
        .singleElement()
        .asString()
        .startsWith("ram.zpool: zpool chronicle needs this JVM started with ")
        .contains(FLAGS.get(0), FLAGS.get(1), FLAGS.get(2), FLAGS.get(4));
  }

  private List<String> run(List<String> flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    if (Runtime.version().feature() > 23) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(
        List.of(
            "-Xmx256m",
            "-Duser.home=" + home,
            // Where the RAM tier's own library for mmap is unpacked; at home, if nothing is said.
            "-Djna.tmpdir=" + elsewhere,
            "-cp",
            System.getProperty("java.class.path"),
            ChronicleProgram.class.getName()));
    Path output = elsewhere.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(elsewhere.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("HOME", home.toString());
    Process process = builder.start();
    boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("ended in time").isTrue();
    return Files.readAllLines(output);
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      return found.toList();
    }
  }
}
