// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Who is passed by, spared, written or dropped when a tier is reclaimed: the policies of the store
 * and the limits of tenants, apart from the entries they are applied to. Thread-safe; an aim is set
 * and used by the thread that reclaims its tier.
 */
final class ClaimRules {
  private record Aim(Tenant tenant, ReclaimAim asked) {}

  private final Tenants tenants;
  private final EphemeralPages ephemeral;
  private final Mirrors mirrors;
  private final int pageBytes;
  private final int lastTier;
  private final boolean lastIsDisk;
  private final AtomicReferenceArray<Aim> aims;

  /** By tier; null where regions decide. */
  private final LastUses[] lastUses;

  ClaimRules(
      Tenants tenants,
      StorePolicies policies,
      List<Tier> tiers,
      Mirrors mirrors,
      int pageBytes,
      Pools pools) {
    this.tenants = tenants;
    this.ephemeral = policies.ephemeral();
    this.mirrors = mirrors;
    this.pageBytes = pageBytes;
    lastTier = tiers.size() - 1;
    // A tier that shows its own memory is no medium that wears out, nor is memory elsewhere.
    lastIsDisk = tiers.get(lastTier).scratchBytes() > 0 && !mirrors.isRevocable(lastTier);
    lastUses = new LastUses[tiers.size()];
    for (int i = 0; i < tiers.size(); i++) {
      if (isExact(tiers.get(i))) {
        lastUses[i] = new LastUses(i, (UpperTier) tiers.get(i), pools, pools.clock());
      }
    }
    aims = new AtomicReferenceArray<>(tiers.size());
    for (int i = 0; i < tiers.size(); i++) {
      aims.set(i, new Aim(null, ReclaimAim.ANY));
    }
  }

  /** Whether a tier wants to know when each page was used. */
  static boolean isExact(Tier tier) {
    return tier instanceof UpperTier upper && upper.eviction().isExact();
  }

  /** One step of reclaim: in exact order when anything may go, region by region otherwise. */
  long reclaim(int tier, UpperTier upper, ZpageVisitor visitor, long untouchedSinceNanos) {
    LastUses uses = lastUses[tier];
    if (uses == null) {
      return upper.reclaim(visitor, untouchedSinceNanos);
    }
    Aim aim = aims.get(tier);
    if (untouchedSinceNanos == Long.MAX_VALUE
        && aim.tenant == null
        && !aim.asked.incompressibleOnly()) {
      return uses.reclaim(visitor);
    }
    uses.stopChoosing();
    return upper.reclaim(visitor, untouchedSinceNanos);
  }

  /** Whether a zpage gets a second chance for having been read. */
  boolean givesChance(int tier, long word) {
    return (word & Entry.REFERENCED) != 0 && !isChosenByUse(tier);
  }

  /** Whether a zpage chosen as the one used least lately was used since. */
  boolean wasUsed(int tier, Leaf leaf, int slot) {
    return isChosenByUse(tier) && lastUses[tier].wasUsed(leaf, slot);
  }

  private boolean isChosenByUse(int tier) {
    return lastUses[tier] != null && lastUses[tier].isChoosing();
  }

  void aim(int tier, ReclaimAim asked) {
    if (asked.fair()) {
      tenants.divide(tier);
    }
    aims.set(tier, new Aim(tenants.of(asked.tenant()), asked));
  }

  /** Whether reclaim is after a zpage at all. */
  boolean selects(int tier, Tenant tenant, int zpageBytes) {
    Aim aim = aims.get(tier);
    return (aim.tenant == null || aim.tenant == tenant)
        && (!aim.asked.incompressibleOnly() || zpageBytes >= ZpageHeader.BYTES + pageBytes);
  }

  /** Why an ephemeral page is dropped now. */
  Drops.Reason dropReason(int tier) {
    return aims.get(tier).tenant == null ? Drops.Reason.SPACE : Drops.Reason.TENANT;
  }

  /** Whether a zpage is spared for its tenant, who has less of the tier than its share. */
  boolean spares(int tier, Tenant tenant) {
    return aims.get(tier).asked.fair() && tenant.isBelowShare(tier);
  }

  /**
   * Whether a dirty zpage may be written to the tier below; true takes it from the tenant's budget.
   */
  boolean tryWrite(int tier, Tenant tenant, int zpageBytes) {
    return tier < lastTier
        && mayWrite(tier)
        && tenant.mayEnter(tier + 1)
        && tenant.mayEnter(mirrors.safeTierBelow(tier))
        && (!wears(tier) || tryTake(tenant.limits.writeBudget(), zpageBytes));
  }

  private static boolean tryTake(WriteBudget budget, int bytes) {
    return budget.pauseNanos() == 0 && budget.tryTake(bytes);
  }

  /** Whether reclaim is after zpages that must be written. */
  boolean mayWrite(int tier) {
    return aims.get(tier).asked.mayWrite();
  }

  /**
   * Gives back what {@link #tryWrite} took for a zpage that went to replicas elsewhere alone: until
   * it was stored nobody knew that it would not go to disk instead.
   */
  void written(int tier, Tenant tenant, ZpageBatch batch, int i) {
    if (batch.tiersSkipped() == 0 && mirrors.isReplicated(tier + 1)) {
      notWritten(tier, tenant, batch.fromBytes(i));
    }
  }

  /** Gives back what {@link #tryWrite} took for a zpage that was not written. */
  void notWritten(int tier, Tenant tenant, int zpageBytes) {
    if (wears(tier)) {
      tenant.limits.writeBudget().giveBack(zpageBytes);
    }
  }

  private boolean wears(int tier) {
    return lastIsDisk && mirrors.safeTierBelow(tier) == lastTier;
  }

  boolean dropsEphemeral() {
    return ephemeral == EphemeralPages.DROP;
  }
}
