// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.tier.TenantStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Makes one line for each tenant whose numbers changed since the last time. One thread. */
final class TenantLines {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final Supplier<List<TenantStats>> tenants;
  private final Map<String, TenantStats> before = new HashMap<>();

  TenantLines(Supplier<List<TenantStats>> tenants) {
    this.tenants = tenants;
  }

  List<MonitorEvent> next() {
    List<TenantStats> now = tenants.get();
    List<MonitorEvent> lines = new ArrayList<>();
    for (TenantStats tenant : now) {
      boolean alone =
          now.size() == 1
              && tenant.ramLimitBytes() == NO_LIMIT
              && tenant.totalLimitBytes() == NO_LIMIT
              && tenant.writeLimitBytes() == NO_LIMIT;
      TenantStats last = before.put(tenant.name(), tenant);
      boolean idle = last == null ? tenant.puts() + tenant.putsRefused() == 0 : last.equals(tenant);
      if (!alone && !idle) {
        lines.add(line(tenant, last == null ? 0 : last.putsRefused()));
      }
    }
    return lines;
  }

  private static MonitorEvent line(TenantStats tenant, long refusedBefore) {
    long totalBytes = tenant.bytesByTier().stream().mapToLong(Long::longValue).sum();
    MonitorEvent line =
        new MonitorEvent(EventKind.TENANT)
            .with(Field.TENANT, tenant.name())
            .with(Field.HELD, tenant.pages())
            .with(Field.IN_RAM, tenant.ramBytes())
            .with(Field.BELOW, totalBytes - tenant.ramBytes())
            .with(Field.INCOMPRESSIBLE, tenant.incompressibleBytes())
            .with(Field.REFUSED, tenant.putsRefused() - refusedBefore);
    if (tenant.ramLimitBytes() != NO_LIMIT) {
      line.with(Field.LIMIT, tenant.ramLimitBytes());
    }
    if (tenant.writeLimitBytes() != NO_LIMIT) {
      line.with(Field.BUDGET, (double) tenant.writtenTodayBytes() / tenant.writeLimitBytes());
    }
    return line;
  }
}
