// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * The medium of a tier could not deliver a zpage, or not take what should survive. Nothing is lost
 * from the page table: a later get, or sync, tries again. The message names key, tier and place as
 * far as they matter; the cause is the error of the medium.
 */
public final class TierFailureException extends PageStoreException {
  private static final long serialVersionUID = 1L;

  private final boolean full;

  TierFailureException(String message, Throwable cause) {
    this(message, cause, false);
  }

  TierFailureException(String message, Throwable cause, boolean full) {
    super(message, cause);
    this.full = full;
  }

  /**
   * Whether nothing is wrong but that the tier has no room.
   *
   * @return true when room made will help
   */
  public boolean isFull() {
    return full;
  }
}
