// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PoolDestroyedException;
import io.pagestrata.core.StoreClosedException;
import io.pagestrata.core.TierFailureException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Turns what goes wrong with a request into the error that the client gets. Stateless. */
final class Failures {
  private static final Logger LOG = LogManager.getLogger(Failures.class);

  private Failures() {}

  /** The error number; damage and faults are logged with the page they concern. */
  static int errorOf(NbdExport export, Throwable failure) {
    if (failure instanceof StoreClosedException || failure instanceof PoolDestroyedException) {
      return NbdProtocol.ESHUTDOWN;
    }
    if (failure instanceof OutOfMemoryError) {
      LOG.warn("export '{}': no buffer for a request: {}", export.name(), failure.getMessage());
      return NbdProtocol.ENOMEM;
    }
    if (failure instanceof CorruptPageException || failure instanceof TierFailureException) {
      LOG.error("export '{}': {}", export.name(), failure.getMessage());
    } else {
      LOG.error("export '{}': a request failed", export.name(), failure);
    }
    return failure instanceof TierFailureException tier && tier.isFull()
        ? NbdProtocol.ENOSPC
        : NbdProtocol.EIO;
  }
}
