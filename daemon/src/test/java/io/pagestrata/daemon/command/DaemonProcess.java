// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, for what a process alone has: signals and a status. */
public final class DaemonProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;
  private static final long LOOK_MILLIS = 20;

  /** From here on a JVM warns of native code, unless it is told, as the launcher does. */
  private static final int WARNS_OF_NATIVE_CODE = 24;

  private final Process process;
  private final Path errors;
  private final BufferedReader output;

  private DaemonProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    output = process.inputReader();
  }

  public static DaemonProcess start(
      Path directory, Map<String, String> environment, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path"))));
    if (Runtime.version().feature() >= WARNS_OF_NATIVE_CODE) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add(Main.class.getName());
    command.addAll(Arrays.asList(arguments));
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.directory(directory.toFile());
    builder.environment().keySet().removeAll(List.of("STATE_DIRECTORY", "RUNTIME_DIRECTORY"));
    builder.environment().putAll(environment);
    return new DaemonProcess(builder.start(), errors);
  }

  /** What it says until it serves; less when it ends before. */
  public List<String> introduction() throws IOException {
    List<String> lines = new ArrayList<>();
    String line = output.readLine();
    while (line != null) {
      lines.add(line);
      line = line.startsWith("Ctrl-C") ? null : output.readLine();
    }
    return lines;
  }

  /** What else it says until it ends. */
  List<String> rest() {
    return output.lines().toList();
  }

  /** Waits until it has said something on standard error. */
  void awaitError(String line) throws IOException, InterruptedException {
    while (!errors().contains(line)) {
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("ended without '" + line + "': " + errors());
      }
    }
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  public int status() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("still running");
    }
    return process.exitValue();
  }

  public String errors() throws IOException {
    return Files.readString(errors);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
