// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

/** A FLUSH of a durable store: nothing but the sync before its reply. */
final class FlushExchange extends Exchange {
  FlushExchange(Connection connection, Request request) {
    super(connection, request, 1);
  }
}
