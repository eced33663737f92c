// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

/** Input that cannot be used, said in one line for the user. */
public final class InputException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message names the file and what is wrong with it
   */
  public InputException(String message) {
    super(message);
  }
}
