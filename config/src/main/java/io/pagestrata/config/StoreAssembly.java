// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.PageStore;

/** Makes the parts of a store and wires them. Stateless and thread-safe. */
public final class StoreAssembly {
  private StoreAssembly() {}

  /**
   * Opens a store.
   *
   * @param config a valid configuration
   * @return an open store
   */
  public static PageStore open(PagestrataConfig config) {
    throw new UnsupportedOperationException();
  }
}
