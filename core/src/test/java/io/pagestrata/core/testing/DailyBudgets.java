// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.tier.WriteBudget;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Write budgets of a day that does not end while a test runs. */
public final class DailyBudgets {
  private DailyBudgets() {}

  /** A budget that is short by the day alone. */
  public static WriteBudget of(String owner, long bytesPerDay) {
    return new WriteBudget(
        owner,
        WriteBudget.NO_LIMIT,
        bytesPerDay,
        new ManualClock(),
        InstantSource.fixed(Instant.parse("2026-03-01T06:00:00Z")));
  }

  /** Policies with one tenant, called a, whom nothing limits but its budget. */
  public static StorePolicies ofTenant(WriteBudget budget) {
    TenantLimits a =
        new TenantLimits(
            "a", 1, TenantLimits.NO_LIMIT, TenantLimits.NO_LIMIT, Integer.MAX_VALUE, budget);
    return new StorePolicies(EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(a));
  }
}
