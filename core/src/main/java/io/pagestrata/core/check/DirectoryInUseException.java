// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

import java.io.IOException;

/** A store has the directory open. */
public final class DirectoryInUseException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Makes it.
   *
   * @param message which directory
   */
  public DirectoryInUseException(String message) {
    super(message);
  }
}
