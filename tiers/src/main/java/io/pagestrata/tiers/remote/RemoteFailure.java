// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** A command that a server did not carry out, or of which nobody knows whether it did. */
final class RemoteFailure extends IOException {
  private static final long serialVersionUID = 1L;

  /** What follows from a failure. */
  enum Kind {
    /** The server has no memory left; it still answers reads and removals. */
    FULL,
    /** Not connected, failing over, loading, not the right node: refused for now. */
    DOWN,
    /** No answer in time, so nobody knows whether a write happened. */
    UNKNOWN,
    /** Login, rights or kind of server: wrong until a person changes it. */
    CONFIG
  }

  final Kind kind;

  RemoteFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /**
   * Made for every read of a server that is away, and read by nobody then: the cause tells enough.
   */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }

  /** What an exception of the client means. */
  static RemoteFailure of(String server, Throwable cause) {
    Kind kind = kindOf(cause);
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? root.toString() : root.getMessage();
    // The native transport names its call and the number of the error, which nobody looks for.
    message = message.replaceFirst("^\\S+ failed with error\\(-?\\d+\\): ", "");
    if (message.contains("NXDOMAIN")) {
      message = "no such name is known";
    } else if (message.startsWith("NOAUTH")) {
      message = "a password is wanted, and none is given (NOAUTH)";
    }
    boolean late = kind == Kind.UNKNOWN || message.contains("timed out");
    String what = late ? " did not answer in time" : ": " + message.replaceFirst("\\.$", "");
    return new RemoteFailure(kind, server + what, cause);
  }

  private static Kind kindOf(Throwable cause) {
    if (cause instanceof TimeoutException) {
      return Kind.UNKNOWN;
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (message.startsWith("OOM ")) {
        return Kind.FULL;
      }
      if (message.matches("(WRONGPASS|NOAUTH|NOPERM|ERR Client sent AUTH|ERR AUTH) .*")
          || t instanceof javax.net.ssl.SSLException) {
        return Kind.CONFIG;
      }
    }
    return Kind.DOWN;
  }
}
