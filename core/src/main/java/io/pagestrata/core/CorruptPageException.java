// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * A zpage is not what the page table says: wrong key, wrong checksum or a payload that does not
 * decode. The message names key, tier, place and what was found. Only this page is affected (hazard
 * H29); the target buffer of the get may hold any bytes.
 */
public final class CorruptPageException extends PageStoreException {
  private static final long serialVersionUID = 1L;

  CorruptPageException(String message) {
    super(message, null);
  }
}
