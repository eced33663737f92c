// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.codec;

/** A payload that does not decode to a page. */
public final class CodecException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what was expected and what was found
   * @param cause what the codec library said, or null
   */
  public CodecException(String message, Throwable cause) {
    super(message, cause);
  }
}
