// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for answers, never longer than told. Stateless. */
final class Replies {
  private Replies() {}

  /**
   * Waits for one answer. An interrupt is kept for later, since the wait is short; a command that
   * was not answered in time is cancelled, which frees its place in the queue as soon as the answer
   * comes or the connection goes.
   */
  static <T> T await(String server, Future<T> reply, long deadlineNanos) throws RemoteFailure {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return reply.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      reply.cancel(true);
      throw RemoteFailure.of(server, e);
    } catch (ExecutionException e) {
      throw RemoteFailure.of(server, e.getCause());
    } catch (CancellationException e) {
      throw RemoteFailure.of(server, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
