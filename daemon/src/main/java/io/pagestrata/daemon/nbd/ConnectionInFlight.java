// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Payload bytes of requests under way on one connection.
 *
 * <p>A connection with nothing under way is never refused a small piece, however much others hold:
 * so everybody gets on, and memory is bounded by the limit of the server plus one piece for each
 * connection. Thread-safe.
 */
final class ConnectionInFlight {
  /** Stands for the memory of a request beside its payload. */
  static final int REQUEST_BYTES = 1024;

  private static final long SMALL_BYTES = Pieces.BYTES + REQUEST_BYTES;

  private final InFlight all;
  private final long limitBytes;
  private final AtomicLong bytes = new AtomicLong();

  ConnectionInFlight(InFlight all, long limitBytes) {
    this.all = all;
    this.limitBytes = limitBytes;
  }

  InFlight all() {
    return all;
  }

  /** Only the event loop of the connection charges. */
  boolean tryCharge(long wanted) {
    long own = bytes.get();
    if (own > 0 && own + wanted > limitBytes) {
      return false;
    }
    if (!all.tryCharge(wanted)) {
      if (own > 0 || wanted > SMALL_BYTES) {
        return false;
      }
      all.charge(wanted);
    }
    bytes.addAndGet(wanted);
    return true;
  }

  void release(long done) {
    bytes.addAndGet(-done);
    all.release(done);
  }
}
