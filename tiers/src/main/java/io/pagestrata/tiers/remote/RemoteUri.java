// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a server listens, as {@code redis://host:port} or, with TLS, {@code rediss://host:port};
 * {@code valkey} and {@code valkeys} mean the same. It never holds a password, so it may be
 * printed.
 *
 * @param host name or address
 * @param port TCP port
 * @param tls whether the connection is encrypted
 */
public record RemoteUri(String host, int port, boolean tls) {
  /** Port of a URI that names none. */
  public static final int USUAL_PORT = 6379;

  /** What {@link #parse} takes, for messages. */
  public static final String FORM = "redis://host:port, or rediss://host:port with TLS";

  /**
   * Reads a URI.
   *
   * @param text such as {@code redis://localhost:6379}
   * @return what it says
   * @throws IllegalArgumentException when it says something else, without repeating a password
   */
  public static RemoteUri parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("is not a server");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "has user or password in it, which go into username and password-file");
    }
    String scheme = String.valueOf(uri.getScheme());
    boolean tls = scheme.equals("rediss") || scheme.equals("valkeys");
    if (!tls && !scheme.equals("redis") && !scheme.equals("valkey")) {
      throw new IllegalArgumentException("is not a server");
    }
    boolean bare = uri.getRawPath() == null || uri.getRawPath().matches("/?");
    if (uri.getHost() == null || !bare || uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("is not host and port alone");
    }
    return new RemoteUri(uri.getHost(), uri.getPort() < 0 ? USUAL_PORT : uri.getPort(), tls);
  }

  @Override
  public String toString() {
    return (tls ? "rediss://" : "redis://") + host + ":" + port;
  }
}
