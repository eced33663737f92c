// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the daemon serves its exports. Immutable; checked as part of a {@link DaemonConfig}. What
 * each value means stands in {@link DaemonSettings}.
 *
 * @param listen addresses to listen on, at least one
 * @param maxConnections most connections at a time
 * @param maxInFlightBytes most bytes of requests that are being served, over all connections
 * @param maxInFlightBytesPerConnection the same for one connection
 * @param threads most reads that wait for the disk at once, or empty for the usual number
 * @param handshakeTimeout longest time a client takes to choose an export
 * @param stallTimeout longest time a client takes no byte of replies that are ready
 * @param stopTimeout longest time a stop waits for requests that are being served
 * @param busyPoll whether the server may look for the next request a while before it sleeps
 * @param tls encryption
 */
public record ServerConfig(
    List<ListenAddress> listen,
    int maxConnections,
    long maxInFlightBytes,
    long maxInFlightBytesPerConnection,
    Optional<Integer> threads,
    Duration handshakeTimeout,
    Duration stallTimeout,
    Duration stopTimeout,
    boolean busyPoll,
    TlsConfig tls) {
  /**
   * Copies the list.
   *
   * @param listen addresses to listen on, at least one
   * @param maxConnections most connections at a time
   * @param maxInFlightBytes most bytes of requests that are being served, over all connections
   * @param maxInFlightBytesPerConnection the same for one connection
   * @param threads most reads that wait for the disk at once, or empty for the usual number
   * @param handshakeTimeout longest time a client takes to choose an export
   * @param stallTimeout longest time a client takes no byte of replies that are ready
   * @param stopTimeout longest time a stop waits for requests that are being served
   * @param busyPoll whether the server may look for the next request a while before it sleeps
   * @param tls encryption
   */
  public ServerConfig {
    listen = List.copyOf(listen);
  }

  static ServerConfig from(SectionDraft draft, TlsConfig tls) {
    return new ServerConfig(
        draft.get(DaemonSettings.SERVER_LISTEN),
        draft.get(DaemonSettings.SERVER_MAX_CONNECTIONS),
        draft.get(DaemonSettings.SERVER_MAX_IN_FLIGHT),
        draft.get(DaemonSettings.SERVER_MAX_IN_FLIGHT_PER_CONNECTION),
        draft.get(DaemonSettings.SERVER_THREADS),
        draft.get(DaemonSettings.SERVER_HANDSHAKE_TIMEOUT),
        draft.get(DaemonSettings.SERVER_STALL_TIMEOUT),
        draft.get(DaemonSettings.SERVER_STOP_TIMEOUT),
        draft.get(DaemonSettings.SERVER_BUSY_POLL),
        tls);
  }
}
