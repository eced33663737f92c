// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.io.IOException;

/** A zpage that its tier accepted is not there any more, and will not come back. */
public final class LostZpageException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what happened.
   *
   * @param message what was looked for and what was found
   */
  public LostZpageException(String message) {
    super(message);
  }
}
