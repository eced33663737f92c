// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.WriteBudget;
import java.io.IOException;

/** Where the writer stores a batch: one tier, or one and its mirror. */
interface BatchStore {
  /**
   * Stores the batch of a slot whole or not at all.
   *
   * @param slot holds the batch; notes a tier that was passed over
   * @return STORED, or why not
   * @throws IOException when the medium failed
   */
  TierOutcome store(BatchSlot slot) throws IOException;

  /** The budget that the next batch will be charged to, as far as can be told in advance. */
  WriteBudget budget();
}
