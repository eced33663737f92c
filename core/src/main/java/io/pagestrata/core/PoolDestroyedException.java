// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** An operation on a pool that was destroyed. */
public final class PoolDestroyedException extends PageStoreException {
  private static final long serialVersionUID = 1L;

  PoolDestroyedException(Pool pool) {
    super("pool '" + pool.name() + "' was destroyed", null);
  }
}
