// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * Everything that a store throws beside argument errors. Expected outcomes, such as a store that is
 * full, are values ({@link PutOutcome}) instead.
 */
public abstract sealed class PageStoreException extends RuntimeException
    permits CorruptPageException,
        TierFailureException,
        StoreClosedException,
        PoolDestroyedException,
        InvalidConfigurationException {
  private static final long serialVersionUID = 1L;

  PageStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
