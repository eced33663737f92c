// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.concurrent.atomic.AtomicInteger;

/** What the connections of one export hold of the server, and may hold. Thread-safe. */
final class ExportShare {
  private final int mostConnections;
  private final InFlight inFlight;
  private final AtomicInteger connections = new AtomicInteger();

  ExportShare(NbdExport.Limits limits, InFlight all) {
    mostConnections = limits.connections();
    inFlight = all.share(limits.inFlightBytes());
  }

  /** Takes one connection in, or refuses it; who was taken in has to {@link #leave}. */
  boolean tryEnter() {
    int now = connections.get();
    while (now < mostConnections) {
      if (connections.compareAndSet(now, now + 1)) {
        return true;
      }
      now = connections.get();
    }
    return false;
  }

  void leave() {
    connections.decrementAndGet();
  }

  InFlight inFlight() {
    return inFlight;
  }
}
