// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.WriteBudget;
import java.io.IOException;

/** Stores batches in a tier that keeps what it accepts. Owned by the writing thread. */
record OneTierStore(Tier lower) implements BatchStore {
  @Override
  public TierOutcome store(BatchSlot slot) throws IOException {
    return lower.store(slot.batch);
  }

  @Override
  public WriteBudget budget() {
    return lower.writeBudget();
  }
}
