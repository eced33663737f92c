// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PutOutcome;

/** A put was refused, so that nothing can be measured; said in one line for the user. */
public final class StoreFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private StoreFullException(PutOutcome outcome) {
    super(
        "the store that is measured refused a put ("
            + outcome
            + "): give --disk-dir a directory with more room");
  }

  static void throwIfRefused(PutOutcome outcome) {
    if (!outcome.isStored()) {
      throw new StoreFullException(outcome);
    }
  }
}
