// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the daemon listens: a TCP port or a unix socket. Immutable. */
public sealed interface ListenAddress {
  /** Longest path that fits into a socket address of Linux. */
  int MOST_SOCKET_PATH_BYTES = 107;

  /**
   * A TCP port.
   *
   * @param host name or literal address, without brackets
   * @param port 1 to 65535, or 0 for one that is free
   */
  record Tcp(String host, int port) implements ListenAddress {
    @Override
    public String text() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * A unix socket.
   *
   * @param path of the socket file
   */
  record Unix(Path path) implements ListenAddress {
    @Override
    public String text() {
      return "unix:" + path;
    }
  }

  /**
   * The address as a configuration writes it.
   *
   * @return text that {@link #parse} reads back
   */
  String text();

  /**
   * Reads an address.
   *
   * @param text {@code HOST:PORT}, {@code [IPV6]:PORT} or {@code unix:PATH}
   * @return the address
   * @throws IllegalArgumentException whose message says what is wrong
   */
  static ListenAddress parse(String text) {
    if (text.startsWith("unix:")) {
      return unix(text.substring("unix:".length()));
    }
    Matcher tcp =
        Pattern.compile("(?:([^:\\[\\]\\s]+)|\\[([^\\[\\]\\s]+)\\]):([0-9]{1,5})").matcher(text);
    if (!tcp.matches() || Integer.parseInt(tcp.group(3)) > 0xFFFF) {
      throw new IllegalArgumentException("is not an address to listen on");
    }
    String host = tcp.group(1) != null ? tcp.group(1) : tcp.group(2);
    return new Tcp(host, Integer.parseInt(tcp.group(3)));
  }

  private static ListenAddress unix(String path) {
    if (path.isBlank()) {
      throw new IllegalArgumentException("names no socket file");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MOST_SOCKET_PATH_BYTES) {
      throw new IllegalArgumentException(
          "is too long for a socket, whose path has at most " + MOST_SOCKET_PATH_BYTES + " bytes");
    }
    try {
      return new Unix(Path.of(path));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("names no socket file", e);
    }
  }
}
