// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.TierOutcome;
import java.io.IOException;

/** Where the writer stores a batch: one tier, or one and its mirror. */
@FunctionalInterface
interface BatchStore {
  /**
   * Stores the batch of a slot whole or not at all.
   *
   * @param slot holds the batch; notes a tier that was passed over
   * @return STORED, or why not
   * @throws IOException when the medium failed
   */
  TierOutcome store(BatchSlot slot) throws IOException;
}
