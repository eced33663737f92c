// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.function.BooleanSupplier;

/** The user stopped the benchmark. */
final class StoppedException extends Exception {
  private static final long serialVersionUID = 1L;

  private StoppedException() {
    super("stopped");
  }

  static void throwIf(BooleanSupplier stop) throws StoppedException {
    if (stop.getAsBoolean()) {
      throw new StoppedException();
    }
  }
}
