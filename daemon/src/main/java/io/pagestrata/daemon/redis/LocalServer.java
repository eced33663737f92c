// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A real server: on the loopback, with a folder of its own, without persistence. It ends with this
 * JVM, since its shell waits for the JVM's end of a pipe. For one thread.
 */
public final class LocalServer implements AutoCloseable {
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 20_000;
  private static final int BUS_OFFSET = 10_000;
  private static final String OTHER_PORT = "OTHER";
  private static final Random RANDOM = new Random();

  /**
   * Ends with its server, and ends it when the pipe ends. Ctrl-C in a terminal reaches the shell,
   * too, which then could not look after its server.
   */
  private static final String SCRIPT =
      "trap '' INT; exec 3<&0; \"$0\" \"$@\" 3<&- & p=$!; echo \"pid $p\";"
          + " (cat <&3; kill -9 $p) >/dev/null 2>&1 & w=$!; wait $p; kill $w";

  private final Path binary;
  private final Path folder;
  private final int port;

  /** Of another listener, where options name one; otherwise the same. */
  private final int tlsPort;

  private final List<String> options;
  private Process shell;
  private String pid;

  private LocalServer(Path binary, Path folder, int port, int tlsPort, List<String> options) {
    this.binary = binary;
    this.folder = folder;
    this.port = port;
    this.tlsPort = tlsPort;
    this.options = options;
  }

  /**
   * Starts a server on a free port.
   *
   * @param binary {@code redis-server} or {@code valkey-server}
   * @param options as in redis.conf, such as {@code --maxmemory 8mb}; {@code PORT} in them is its
   *     port and {@code OTHER} another free one
   * @return a server that answers
   * @throws IOException when it does not start
   */
  public static LocalServer open(Path binary, List<String> options) throws IOException {
    Path folder = Files.createTempDirectory("pagestrata-redis-");
    int port = freePort();
    boolean two = options.stream().anyMatch(option -> option.contains(OTHER_PORT));
    int tlsPort = two ? freePort() : port;
    LocalServer server = new LocalServer(binary, folder, port, tlsPort, List.copyOf(options));
    try {
      server.restart();
    } catch (IOException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /**
   * Starts it again, empty, after {@link #kill}.
   *
   * @throws IOException when it does not start
   */
  public void restart() throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", SCRIPT, binary.toString()));
    command.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.toString()));
    command.addAll(List.of("--save", "", "--appendonly", "no"));
    if (tlsPort != port || options.stream().noneMatch(it -> it.startsWith("--tls-port"))) {
      command.addAll(List.of("--port", String.valueOf(port)));
    }
    for (String option : options) {
      String text = option.replace("PORT", String.valueOf(port));
      command.addAll(List.of(text.replace(OTHER_PORT, String.valueOf(tlsPort)).split(" ", 2)));
    }
    shell = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    String last = "it ended without a word";
    // Shell and server write side by side, so either line may come first.
    pid = null;
    boolean ready = false;
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("pid ")) {
        pid = line.substring(4);
      } else {
        last = line.isBlank() ? last : line;
        ready |= line.contains("Ready to accept connections");
      }
      if (ready && pid != null) {
        drain(output);
        return;
      }
    }
    throw new IOException("the server " + binary + " did not start: " + last);
  }

  private static void drain(BufferedReader output) {
    Thread thread = new Thread(() -> output.lines().forEach(line -> {}), "redis-output");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Where it listens.
   *
   * @return TCP port on the loopback
   */
  public int port() {
    return port;
  }

  /**
   * Where it listens for TLS, when options say so.
   *
   * @return TCP port on the loopback
   */
  public int tlsPort() {
    return tlsPort;
  }

  /**
   * Where it listens, as the setting {@code servers} takes it.
   *
   * @return such as {@code redis://127.0.0.1:20000}
   */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends the server at once, as a crash does. */
  public void kill() {
    signal("KILL");
    end();
  }

  /** Makes it hang: connections stay, nothing is answered. */
  public void hang() {
    signal("STOP");
  }

  /** Ends {@link #hang}. */
  public void goOn() {
    signal("CONT");
  }

  /**
   * How many keys it holds.
   *
   * @return keys
   */
  public long keys() {
    return Long.parseLong(ask("DBSIZE").substring(1));
  }

  /** Waits until a replica has its master's data. */
  public void awaitLink() {
    Patience.await(
        "a replica follows its master",
        () -> askAll("INFO replication").contains("master_link_status:up"));
  }

  /**
   * Sends one command as {@link #ask} does.
   *
   * @param command words without blanks in them
   * @return the whole answer
   */
  public String askAll(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends one command.
   *
   * @param command words without blanks in them
   * @return the first line of the answer
   */
  public String ask(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      BufferedReader answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return answer.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, pid).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void end() {
    try {
      shell.getOutputStream().close();
      if (!shell.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server on port " + port + " does not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Ends the server and removes its folder.
   *
   * @throws IOException when the folder cannot be removed
   */
  @Override
  public void close() throws IOException {
    if (shell != null && shell.isAlive()) {
      end();
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static int freePort() throws IOException {
    while (true) {
      int candidate = FIRST_PORT + RANDOM.nextInt(PORTS);
      if (isFree(candidate) && isFree(candidate + BUS_OFFSET)) {
        return candidate;
      }
    }
  }

  private static boolean isFree(int candidate) {
    try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
