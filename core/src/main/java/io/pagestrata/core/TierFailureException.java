// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * The medium of a tier could not deliver a zpage. The page is not lost from the page table: a later
 * get tries again. The message names key, tier and place; the cause is the error of the medium.
 */
public final class TierFailureException extends PageStoreException {
  private static final long serialVersionUID = 1L;

  TierFailureException(String message, Throwable cause) {
    super(message, cause);
  }
}
