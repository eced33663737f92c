// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.pagestrata.daemon.nbd.ExportDirectory.Export;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One request under way on worker threads: its parts, its first error and its reply.
 *
 * <p>The last part to end hands the exchange back to the connection. Thread-safe.
 */
abstract class Exchange {
  final Request request;
  final Connection connection;
  final Export export;
  private final AtomicInteger parts;
  private final AtomicInteger error = new AtomicInteger();

  Exchange(Connection connection, Request request, int parts) {
    this.connection = connection;
    this.export = connection.export();
    this.request = request;
    this.parts = new AtomicInteger(parts);
  }

  final int error() {
    return error.get();
  }

  /** Keeps the first error. */
  final void fail(int code) {
    error.compareAndSet(NbdProtocol.OK, code);
  }

  /** Fails for want of room. */
  final void refuse() {
    fail(NbdProtocol.ENOSPC);
  }

  final void addPart() {
    parts.incrementAndGet();
  }

  final void endPart() {
    if (parts.decrementAndGet() > 0) {
      return;
    }
    if (error() == NbdProtocol.OK && needsSync(request, export)) {
      connection.sync(this);
    } else {
      connection.ended(this);
    }
  }

  /** Whether a request may be answered only after a sync of the store. */
  static boolean needsSync(Request request, Export export) {
    boolean change =
        switch (request.type()) {
          case NbdProtocol.CMD_WRITE, NbdProtocol.CMD_TRIM, NbdProtocol.CMD_WRITE_ZEROES -> true;
          default -> false;
        };
    return export.settings().store().isDurable()
        && (request.type() == NbdProtocol.CMD_FLUSH
            || change && request.has(NbdProtocol.CMD_FLAG_FUA));
  }

  /** Does something that may fail, unless nobody wants the result any more. */
  final void attempt(Work work) {
    if (error() != NbdProtocol.OK || connection.isGone()) {
      return;
    }
    try {
      work.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      fail(Failures.errorOf(export.settings(), e));
    }
  }

  /** What an exchange does. */
  interface Work {
    void run();
  }

  /** Bytes charged to the connection until the reply is written. */
  long chargedBytes() {
    return ConnectionInFlight.REQUEST_BYTES;
  }

  /**
   * Writes the reply, on the event loop.
   *
   * @param out takes buffers, in order
   */
  void reply(Outlet out, ReplyEncoder encoder) {
    ByteBuf status = out.buffer(encoder.statusBytes());
    encoder.status(status, request, error());
    out.write(status);
  }

  /** Frees what the reply would have needed. */
  void discard() {}

  /** Where a reply goes. */
  interface Outlet {
    ByteBuf buffer(int bytes);

    /** Takes over the buffer. */
    void write(ByteBuf buffer);
  }
}
