// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

import java.io.IOException;

/** A check was stopped by whoever asked for it. */
public final class CheckStoppedException extends IOException {
  private static final long serialVersionUID = 1;

  /** Makes it. */
  public CheckStoppedException() {
    super("stopped");
  }
}
