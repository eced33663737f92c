// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** An operation on a store that is closing or closed. */
public final class StoreClosedException extends PageStoreException {
  private static final long serialVersionUID = 1L;

  StoreClosedException() {
    super("the page store is closed", null);
  }
}
