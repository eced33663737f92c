// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A real server for tests, from the static binary in the embedded-redis jar: on the loopback, with
 * a folder of its own, without persistence. It ends with this JVM, since its shell waits for the
 * JVM's end of a pipe.
 */
public final class RedisServer implements AutoCloseable {
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 20_000;
  private static final int BUS_OFFSET = 10_000;
  private static final Random RANDOM = new Random();
  private static Path binary;

  private final Path folder;
  private final int port;
  private final List<String> options;
  private Process shell;
  private String pid;

  private RedisServer(Path folder, int port, List<String> options) {
    this.folder = folder;
    this.port = port;
    this.options = options;
  }

  /** Starts a server on a free port; options are those of redis.conf, such as "--maxmemory 8mb". */
  public static RedisServer open(String... options) throws IOException {
    Path folder = Files.createTempDirectory("pagestrata-redis-");
    RedisServer server = new RedisServer(folder, freePort(), List.of(options));
    server.restart();
    return server;
  }

  /** Starts it again, empty, after {@link #kill}. */
  public void restart() throws IOException {
    List<String> command = new ArrayList<>();
    String script = "\"$0\" \"$@\" & p=$!; echo \"pid $p\"; cat >/dev/null; kill -9 $p";
    command.addAll(List.of("sh", "-c", script, binary().toString()));
    command.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.toString()));
    command.addAll(List.of("--save", "", "--appendonly", "no"));
    if (options.stream().noneMatch(option -> option.startsWith("--tls-port"))) {
      command.addAll(List.of("--port", String.valueOf(port)));
    }
    for (String option : options) {
      command.addAll(List.of(option.replace("PORT", String.valueOf(port)).split(" ", 2)));
    }
    shell = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith("pid ")) {
        pid = line.substring(4);
      } else if (line.contains("Ready to accept connections")) {
        drain(output);
        return;
      }
    }
    throw new IOException("the server did not start: " + said);
  }

  private static void drain(BufferedReader output) {
    Thread thread = new Thread(() -> output.lines().forEach(line -> {}), "redis-output");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return port;
  }

  public RemoteUri uri() {
    return new RemoteUri("127.0.0.1", port, false);
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

  /** How many keys it holds. */
  public long keys() {
    return Long.parseLong(ask("DBSIZE").substring(1));
  }

  /** Waits until a replica has its master's data. */
  public void awaitLink() {
    while (!askAll("INFO replication").contains("master_link_status:up")) {
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Sends one command as {@link #ask} does and gives the whole answer. */
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

  /** Sends one command without blanks in its words and gives the first line of the answer. */
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

  @Override
  public void close() throws IOException {
    if (shell.isAlive()) {
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

  private static synchronized Path binary() throws IOException {
    if (binary == null) {
      boolean arm = System.getProperty("os.arch").matches("aarch64|arm64");
      boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
      String resource =
          "/redis-server-7.0.15-" + (mac ? "darwin" : "linux") + (arm ? "-arm64" : "-amd64");
      Path file = Files.createTempFile("redis-server-", "");
      file.toFile().deleteOnExit();
      try (InputStream in = RedisServer.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IOException("no " + resource + " in the jar of embedded-redis");
        }
        Files.write(file, in.readAllBytes());
      }
      if (!file.toFile().setExecutable(true)) {
        throw new IOException(file + " cannot be made executable");
      }
      binary = file;
    }
    return binary;
  }
}
