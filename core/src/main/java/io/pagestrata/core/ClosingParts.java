// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** The end of several parts: what goes wrong with one does not keep the others open. */
final class ClosingParts {
  private Throwable failure;

  void close(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
  }

  /** Throws what went wrong first, with the rest suppressed in it; nothing when all went well. */
  void throwFailure() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }
}
