// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What makes the tenants of a configuration valid, and those that exports name. Stateless. */
final class TenantRules {
  private TenantRules() {}

  /** Checks every value, then how they fit together. */
  static void check(List<TenantConfig> tenants, Problems problems) {
    for (int i = 0; i < tenants.size(); i++) {
      Rules.checkValues(i, TenantSettings.TENANT, tenants.get(i), problems);
    }
    checkTogether(tenants, problems);
  }

  /** Checks how values fit together that are each allowed. */
  static void checkTogether(List<TenantConfig> tenants, Problems problems) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < tenants.size(); i++) {
      if (!seen.add(tenants.get(i).name())) {
        problems.addIfSound(
            Words.quote(tenants.get(i).name())
                + " is the name of another tenant; expected different names",
            Place.ofTier(i, TenantSettings.TENANT, TenantSettings.NAME));
      }
    }
  }

  /** Checks that exports belong to tenants that exist, and those of one pool to the same. */
  static void checkExports(
      List<ExportConfig> exports, List<TenantConfig> tenants, Problems problems) {
    Map<String, ExportConfig> ownerOfPool = new HashMap<>();
    for (int i = 0; i < exports.size(); i++) {
      ExportConfig export = exports.get(i);
      Place place = Place.ofExport(i, DaemonSettings.EXPORT_TENANT);
      boolean known =
          export.tenant().equals(TenantConfig.DEFAULT.name())
              || tenants.stream().anyMatch(it -> it.name().equals(export.tenant()));
      if (!known) {
        problems.addIfSound(
            Words.quote(export.tenant()) + " is no tenant; expected the name of one of tenants",
            place);
      }
      ExportConfig first = ownerOfPool.putIfAbsent(export.poolName(), export);
      if (first != null && !first.tenant().equals(export.tenant())) {
        problems.addIfSound(
            Words.quote(export.tenant())
                + " is not the tenant of the export '"
                + first.name()
                + "', which has the same pool; expected '"
                + first.tenant()
                + "'",
            place);
      }
    }
  }
}
