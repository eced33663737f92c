// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.AccessClock;
import io.pagestrata.core.table.ChangedLeaves;
import io.pagestrata.core.table.PageTable;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.PageLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The pools of a store, found by id without a lock; ids are never reused. Thread-safe. */
final class Pools {
  private final PageStore store;
  private final MemoryBudget budget;
  private final Tenants tenants;
  private final PageLog log;
  private final AccessClock clock;
  private final ChangedLeaves changes = new ChangedLeaves();

  /** Pools by id; replaced as a whole, so a reader never sees it change. */
  private volatile Pool[] byId = new Pool[1];

  /** The pools of contents; only grows, so a number always means the same. */
  private volatile List<Pool> contents = List.of();

  /** Owners by id of their pool; a pool that is gone may still have writes in flight. */
  private volatile Tenant[] owners = new Tenant[1];

  /** Without a log, which is null then, no pool survives; without a clock uses are not noted. */
  Pools(PageStore store, MemoryBudget budget, PageLog log, Tenants tenants, AccessClock clock) {
    this.store = store;
    this.budget = budget;
    this.log = log;
    this.tenants = tenants;
    this.clock = clock;
  }

  /** Numbers uses; null when they are not noted. */
  AccessClock clock() {
    return clock;
  }

  /** The leaves of pools that survive, as far as they changed. */
  ChangedLeaves changes() {
    return changes;
  }

  /** Takes over the pools of an earlier run. */
  synchronized void restore(List<PageLog.SavedPool> saved, int nextPool) {
    Pool[] restored = new Pool[nextPool];
    owners = new Tenant[nextPool];
    List<Pool> known = new ArrayList<>();
    for (PageLog.SavedPool pool : saved) {
      PoolSpec spec =
          new PoolSpec(
              pool.name(), PoolKind.PERSISTENT, tenants.known(pool.tenant()), pool.shared());
      restored[pool.id()] = make(pool.id(), spec);
      restored[pool.id()].withoutUsers();
      if (pool.contents()) {
        known.add(restored[pool.id()].asContents());
      }
    }
    byId = restored;
    contents = List.copyOf(known);
  }

  /** Whether persistent pools survive the process. */
  boolean survive() {
    return log != null;
  }

  private Pool make(int id, PoolSpec spec) {
    boolean survives = log != null && spec.kind() == PoolKind.PERSISTENT;
    PageTable table = new PageTable(budget, survives ? changes : null, id, clock);
    Tenant owner = tenants.named(spec.tenant());
    Tenant[] known = Arrays.copyOf(owners, Math.max(owners.length, id + 1));
    known[id] = owner;
    owners = known;
    return new Pool(store, id, spec, owner, table);
  }

  /** Makes the pools of what pages share, which no user sees, as far as there are none yet. */
  synchronized void makeContents() {
    List<Pool> made = new ArrayList<>(contents);
    Pool[] grown = byId;
    for (Tenant tenant : tenants.all()) {
      if (made.stream().noneMatch(pool -> pool.tenant() == tenant)) {
        PoolSpec spec = new PoolSpec("content", PoolKind.PERSISTENT, tenant.limits.name(), false);
        int id = grown.length;
        grown = Arrays.copyOf(grown, id + 1);
        grown[id] = make(id, spec).asContents();
        made.add(grown[id]);
      }
    }
    if (grown != byId) {
      save(grown);
      byId = grown;
      contents = List.copyOf(made);
    }
  }

  /** Number of a tenant's pool of contents. */
  int contentsOf(Tenant tenant) {
    List<Pool> seen = contents;
    for (int i = 0; i < seen.size(); i++) {
      if (seen.get(i).tenant() == tenant) {
        return i;
      }
    }
    throw new IllegalStateException("no contents of tenant " + tenant.limits.name());
  }

  /** A pool of contents. */
  Pool contents(int number) {
    return contents.get(number);
  }

  /** All pools of contents. */
  List<Pool> contents() {
    return contents;
  }

  synchronized Pool create(PoolSpec spec) {
    tenants.named(spec.tenant());
    for (Pool pool : all()) {
      if (pool.name().equals(spec.name())) {
        pool.join(spec);
        return pool;
      }
    }
    spec.checkName();
    int id = byId.length;
    Pool pool = make(id, spec);
    Pool[] grown = Arrays.copyOf(byId, id + 1);
    grown[id] = pool;
    // Of a pool that does not survive too: its id must not come back with zpages on the medium.
    save(grown);
    byId = grown;
    return pool;
  }

  /**
   * Takes one user off a pool. When it was the last the pool is marked destroyed, and if it
   * survived until now, it does not any more.
   *
   * @return whether it was the last, who must remove the pages
   */
  synchronized boolean leave(Pool pool) {
    if (pool.isDestroyed()) {
      throw new PoolDestroyedException(pool);
    }
    if (!pool.isLastUser()) {
      pool.leave();
      return false;
    }
    save(without(pool));
    // Before the walk: a put that links a new leaf behind it sees the mark and cleans up itself.
    pool.markDestroyed();
    return true;
  }

  /** Owner of a pool that exists or existed. */
  Tenant ownerOf(int id) {
    return owners[id];
  }

  synchronized void remove(Pool pool) {
    byId = without(pool);
  }

  private Pool[] without(Pool pool) {
    Pool[] without = byId.clone();
    without[pool.id()] = null;
    return without;
  }

  private void save(Pool[] pools) {
    if (log == null) {
      return;
    }
    List<PageLog.SavedPool> saved = new ArrayList<>();
    for (Pool pool : pools) {
      if (pool != null && pool.survives() && !pool.isDestroyed()) {
        saved.add(
            new PageLog.SavedPool(
                pool.id(), pool.name(), pool.tenantName(), pool.isShared(), pool.isContents()));
      }
    }
    try {
      log.savePools(saved, pools.length);
    } catch (IOException e) {
      throw new TierFailureException("the pools could not be saved: " + e.getMessage(), e);
    }
  }

  /** The pool of a zpage header, or null when it was destroyed or the header is damaged. */
  Pool find(int id) {
    Pool[] seen = byId;
    return id > 0 && id < seen.length ? seen[id] : null;
  }

  /** Gives back the memory of leaves without pages. */
  void tidy() {
    all().forEach(pool -> pool.table().unlinkEmpty());
    contents.forEach(pool -> pool.table().unlinkEmpty());
  }

  /** The pools that users made. */
  List<Pool> all() {
    List<Pool> pools = new ArrayList<>();
    for (Pool pool : byId) {
      if (pool != null && !pool.isContents()) {
        pools.add(pool);
      }
    }
    return pools;
  }
}
