// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.monitor.Monitor;
import java.io.IOException;

/**
 * Stores batches in a revocable tier, and in the safe tier below it as mirrors or instead.
 *
 * <p>The mirror is written first: until it is there the pages stay above, and from then on nothing
 * that the revocable tier does can lose one. A revocable tier that refuses or fails is passed over:
 * the batch rests in the safe tier alone, and counts as stored. Owned by the writing thread.
 */
final class RevocableStore implements BatchStore {
  private final String roleName;
  private final Hierarchy hierarchy;
  private final int safeTier;
  private final int tiersBetween;
  private final RevocableTier revocable;
  private final Tier safe;
  private final Monitor monitor;
  private boolean passedOver;

  RevocableStore(String roleName, TierStep step, Monitor monitor) {
    this.roleName = roleName;
    this.monitor = monitor;
    hierarchy = step.hierarchy();
    revocable = (RevocableTier) step.lower();
    safeTier = hierarchy.safeTierBelow(step.tier());
    tiersBetween = safeTier - step.tier() - 1;
    safe = step.safe();
  }

  @Override
  public TierOutcome store(BatchSlot slot) throws IOException {
    return revocable.isMirrored() ? storeInBoth(slot) : storeInOne(slot);
  }

  @Override
  public WriteBudget budget() {
    return revocable.isMirrored() || passedOver ? safe.writeBudget() : WriteBudget.UNLIMITED;
  }

  private TierOutcome storeInBoth(BatchSlot slot) throws IOException {
    ZpageBatch batch = slot.batch;
    TierOutcome outcome = safe.store(batch);
    if (outcome == TierOutcome.STORED) {
      hierarchy.keepAsMirrors(safeTier, batch);
      if (!offer(slot)) {
        hierarchy.settleForMirrors(batch);
        batch.skipTiers(tiersBetween);
      }
    }
    return outcome;
  }

  private TierOutcome storeInOne(BatchSlot slot) throws IOException {
    if (offer(slot)) {
      return TierOutcome.STORED;
    }
    TierOutcome outcome = safe.store(slot.batch);
    if (outcome == TierOutcome.STORED) {
      slot.batch.skipTiers(tiersBetween);
    }
    return outcome;
  }

  private boolean offer(BatchSlot slot) {
    try {
      TierOutcome outcome = revocable.store(slot.batch);
      slot.skipReason = outcome == TierOutcome.STORED ? null : outcome.toString();
    } catch (IOException e) {
      slot.skipReason = e.toString();
    } catch (RuntimeException e) {
      // Thrown on it would fail a batch that the safe tier has, or can still take.
      monitor.error(roleName, e);
      slot.skipReason = e.toString();
    }
    passedOver = slot.skipReason != null;
    return !passedOver;
  }
}
