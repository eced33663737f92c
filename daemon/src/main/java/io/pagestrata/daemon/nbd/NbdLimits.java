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
 * @param threads reads that wait for the disk at once; half as many changes wait for room
 * @param handshakeTimeout from connect to transmission
 * @param stallTimeout for a client that takes no byte of the replies that are ready for it
 * @param stopTimeout for requests under way when the server stops
 */
public record NbdLimits(
    int connections,
    long inFlightBytesPerConnection,
    long inFlightBytes,
    int threads,
    Duration handshakeTimeout,
    Duration stallTimeout,
    Duration stopTimeout) {
  /** Threads for a disk that likes a deep queue; most of the time none of them runs. */
  public static final int USUAL_THREADS = 16;

  /**
   * Checks the limits.
   *
   * @param connections see above
   * @param inFlightBytesPerConnection see above
   * @param inFlightBytes see above
   * @param threads see above
   * @param handshakeTimeout see above
   * @param stallTimeout see above
   * @param stopTimeout see above
   * @throws IllegalArgumentException when nothing could be served with them
   */
  public NbdLimits {
    if (connections < 1 || inFlightBytesPerConnection < 1 || threads < 1) {
      throw new IllegalArgumentException("a server needs a connection, bytes and a thread for it");
    }
    checkInFlight(inFlightBytes);
  }

  static void checkInFlight(long inFlightBytes) {
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
   * @return 1024 connections, 64 MiB each, 256 MiB in all, 16 threads, 10 s to shake hands, 60 s to
   *     take a reply, 10 s to stop
   */
  public static NbdLimits defaults() {
    return new NbdLimits(
        1024,
        64L << 20,
        256L << 20,
        USUAL_THREADS,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10));
  }
}
