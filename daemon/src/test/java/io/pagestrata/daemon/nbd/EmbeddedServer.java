// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.channel.WriteBufferWaterMark;
import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A server without sockets, threads and a clock of its own: sessions are fed by hand, workers work
 * when told to, time stands still until moved.
 */
final class EmbeddedServer implements AutoCloseable {
  static final long DISK_BYTES = 1L << 30;
  static final Duration STALL = Duration.ofSeconds(60);
  static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private static final NbdLimits LIMITS =
      new NbdLimits(1000, 128L << 20, 1L << 40, 1, HANDSHAKE, STALL, Duration.ofSeconds(10));

  final PageStore store;
  final HeldExecutor readers = new HeldExecutor();
  final HeldExecutor changers = new HeldExecutor();
  final InFlight inFlight = new InFlight(LIMITS.inFlightBytes());
  private final ExportDirectory exports;
  private final List<EmbeddedSession> sessions = new ArrayList<>();

  /** Two exports of the same limits, "disk" and "other", over a store of RAM alone. */
  EmbeddedServer(NbdExport.Limits limits) {
    store = Pagestrata.builder().ram(ram -> ram.maxSize("8MiB")).open();
    Pool pool = store.createPool("disk", PoolKind.PERSISTENT);
    List<NbdExport> all = new ArrayList<>();
    for (String name : List.of("disk", "other")) {
      all.add(
          new NbdExport(name, "", DISK_BYTES, false, Set.of(), limits, store, pool, all.size()));
    }
    exports = new ExportDirectory(all, inFlight);
  }

  EmbeddedServer() {
    this(NbdExport.Limits.NONE);
  }

  /** A session whose greeting is still to come out. */
  EmbeddedSession connect() {
    Workers workers = new Workers(readers, changers);
    HandshakeHandler handshake =
        new HandshakeHandler(
            new Negotiation(exports, Optional.empty()),
            Optional.empty(),
            LIMITS,
            (export, structured, hasContext) ->
                new Connection(
                    export,
                    structured,
                    hasContext,
                    workers,
                    new ConnectionInFlight(
                        export.share().inFlight(), LIMITS.inFlightBytesPerConnection())));
    EmbeddedSession session = new EmbeddedSession(handshake);
    session.config().setWriteBufferWaterMark(new WriteBufferWaterMark(512 << 10, 2 << 20));
    sessions.add(session);
    return session;
  }

  /** A session in the transmission phase, with simple replies. */
  EmbeddedSession attached(String export) {
    EmbeddedSession session = connect();
    session.option(NbdProtocol.OPT_GO, TestClient.goData(export));
    session.answered();
    return session;
  }

  @Override
  public void close() {
    sessions.forEach(EmbeddedSession::finishAndReleaseAll);
    readers.runAll();
    changers.runAll();
    sessions.forEach(EmbeddedSession::runPendingTasks);
    store.close();
  }
}
