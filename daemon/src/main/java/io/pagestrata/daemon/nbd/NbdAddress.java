// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.nio.file.Path;
import java.util.Objects;

/** Where a server listens. */
public sealed interface NbdAddress {
  /**
   * A TCP port.
   *
   * @param host name or address of an interface of this machine
   * @param port 0 lets the system choose
   */
  record Tcp(String host, int port) implements NbdAddress {
    /**
     * Checks the port.
     *
     * @param host see above
     * @param port see above
     * @throws IllegalArgumentException when there is no such port
     */
    public Tcp {
      Objects.requireNonNull(host);
      if (port < 0 || port > 0xffff) {
        throw new IllegalArgumentException("there is no port " + port);
      }
    }

    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * A unix socket, whose file is made by the server, replacing one that nobody listens on, and
   * removed when it stops.
   *
   * @param path the file
   */
  record Unix(Path path) implements NbdAddress {
    /**
     * Checks that there is a path.
     *
     * @param path see above
     */
    public Unix {
      Objects.requireNonNull(path);
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
