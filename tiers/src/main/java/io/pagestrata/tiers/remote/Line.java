// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

/**
 * One life of the connection for writes to one server. Compared by identity: what is sent on a line
 * is done after all that was sent on it before. What went out on an earlier one may still be done
 * after that, since it waits somewhere on its way, or in a server that hangs.
 */
final class Line {
  /** Longest time that something sent waits on its way, the patience of the client's kernel. */
  static final long LATEST_NANOS = Client.DEAD_PEER.multipliedBy(3).dividedBy(2).toNanos();

  private final long sinceNanos;

  Line(long sinceNanos) {
    this.sinceNanos = sinceNanos;
  }

  /** Whether nothing comes any more that was sent before this line was there. */
  boolean isSettled(long nowNanos) {
    return nowNanos - sinceNanos >= LATEST_NANOS;
  }
}
