// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.time.Duration;

/**
 * What clients may ask of a server at most. Immutable.
 *
 * @param connections open at once; more are closed at once
 * @param inFlightBytesPerConnection payload of requests under way on one connection; a single
 *     larger request is served when it is alone
 * @param inFlightBytes payload of requests under way in all, at least 128 MiB
 * @param handshakeTimeout from connect to transmission
 * @param stopTimeout for requests under way when the server stops
 */
public record NbdLimits(
    int connections,
    long inFlightBytesPerConnection,
    long inFlightBytes,
    Duration handshakeTimeout,
    Duration stopTimeout) {
  /**
   * Checks the limits.
   *
   * @param connections see above
   * @param inFlightBytesPerConnection see above
   * @param inFlightBytes see above
   * @param handshakeTimeout see above
   * @param stopTimeout see above
   * @throws IllegalArgumentException when nothing could be served with them
   */
  public NbdLimits {
    if (connections < 1 || inFlightBytesPerConnection < 1) {
      throw new IllegalArgumentException("a server needs a connection and bytes for it");
    }
    if (inFlightBytes < 2L * NbdProtocol.MOST_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "one request alone may have "
              + NbdProtocol.MOST_PAYLOAD_BYTES
              + " bytes: twice that is the least for all");
    }
  }

  /**
   * Limits for a daemon.
   *
   * @return 1024 connections, 64 MiB each, 256 MiB in all, 10 s to shake hands, 10 s to stop
   */
  public static NbdLimits defaults() {
    return new NbdLimits(
        1024, 64L << 20, 256L << 20, Duration.ofSeconds(10), Duration.ofSeconds(10));
  }
}
