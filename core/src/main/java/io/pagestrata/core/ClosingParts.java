// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** The end of several parts: what goes wrong with one does not keep the others open. */
final class ClosingParts {
  private RuntimeException failure;

  void close(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
  }

  /** Throws what went wrong first, with the rest suppressed in it; nothing when all went well. */
  void throwFailure() {
    if (failure != null) {
      throw failure;
    }
  }
}
