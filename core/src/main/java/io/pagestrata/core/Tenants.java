// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.movement.ReclaimNeed;
import io.pagestrata.core.tier.TenantStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tenants of a store, the same from its start to its end. Thread-safe. */
final class Tenants {
  private final List<Tenant> all;
  private final List<Tenant> limited;
  private final int ramTiers;

  Tenants(List<TenantLimits> limits, int pageBytes, int ramTiers) {
    this.ramTiers = ramTiers;
    List<Tenant> tenants = new ArrayList<>();
    limits.forEach(it -> tenants.add(new Tenant(it, pageBytes, ramTiers)));
    if (limits.stream().noneMatch(it -> it.name().equals(TenantLimits.DEFAULT_NAME))) {
      TenantLimits none = TenantLimits.none(TenantLimits.DEFAULT_NAME);
      tenants.add(0, new Tenant(none, pageBytes, ramTiers));
    }
    all = List.copyOf(tenants);
    limited = all.stream().filter(it -> it.limits.isLimited()).toList();
  }

  List<Tenant> all() {
    return all;
  }

  Tenant named(String name) {
    return all.stream()
        .filter(it -> it.limits.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no tenant '" + name + "'"));
  }

  /** The name of a tenant that exists, or of the default one when it exists no more. */
  String known(String name) {
    boolean exists = all.stream().anyMatch(it -> it.limits.name().equals(name));
    return exists ? name : TenantLimits.DEFAULT_NAME;
  }

  /**
   * Divides what a tier holds by weight among those whose zpages can leave it. The shares add up to
   * no more than is held, so one of them at least has its share or more, and there always is
   * somebody who must give way.
   */
  void divide(int tier) {
    if (all.size() == 1) {
      return;
    }
    long held = 0;
    long weights = 0;
    for (Tenant tenant : all) {
      if (tenant.bytes(tier) > 0 && tenant.mayLeaveFor(tier + 1)) {
        held += tenant.bytes(tier);
        weights += tenant.limits.weight();
      }
    }
    for (Tenant tenant : all) {
      double share = weights == 0 ? 0 : (double) tenant.limits.weight() / weights;
      tenant.setShare(tier, (long) (held * share));
    }
  }

  /** Who should give up room in a tier for a limit of its own. */
  List<ReclaimNeed> needs(int tier) {
    List<ReclaimNeed> needs = List.of();
    for (Tenant tenant : tier < ramTiers ? limited : List.<Tenant>of()) {
      long held = tenant.bytes(tier);
      long toLeave = held == 0 ? 0 : tenant.bytesToLeaveRam();
      long toGiveUp = held == 0 ? 0 : tenant.bytesToGiveUp();
      if (toLeave > 0 || toGiveUp > 0) {
        ReclaimAim own = ReclaimAim.ofTenant(tenant.limits.name());
        ReclaimNeed need = new ReclaimNeed(own, Math.max(toLeave, toGiveUp), held);
        needs = needs.isEmpty() ? new ArrayList<>() : needs;
        needs.add(toLeave > 0 ? need : need.withoutWriting());
      }
    }
    return needs;
  }

  long incompressibleBytes() {
    long sum = 0;
    for (Tenant tenant : all) {
      sum += tenant.incompressibleBytes();
    }
    return sum;
  }

  /** Wakes every put that waits for pages of its tenant to leave. */
  void wakeAll() {
    all.forEach(tenant -> tenant.gate().spaceFreed());
  }

  long stalls() {
    return all.stream().mapToLong(tenant -> tenant.gate().stalls()).sum();
  }

  long stallNanos() {
    return all.stream().mapToLong(tenant -> tenant.gate().stallNanos()).sum();
  }

  List<TenantStats> stats(int tiers) {
    return all.stream().map(tenant -> tenant.stats(tiers)).toList();
  }

  /** The tenant that an aim names, or null for all. */
  Tenant of(Optional<String> name) {
    return name.map(this::named).orElse(null);
  }
}
