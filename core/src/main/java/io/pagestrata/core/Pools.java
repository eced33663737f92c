// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.PageTable;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The pools of a store, found by id without a lock; ids are never reused. Thread-safe. */
final class Pools {
  private final PageStore store;
  private final MemoryBudget budget;
  private final Tenants tenants;

  /** Pools by id; replaced as a whole, so a reader never sees it change. */
  private volatile Pool[] byId = new Pool[1];

  /** Owners by id of their pool; a pool that is gone may still have writes in flight. */
  private volatile Tenant[] owners = new Tenant[1];

  Pools(PageStore store, MemoryBudget budget, Tenants tenants) {
    this.store = store;
    this.budget = budget;
    this.tenants = tenants;
  }

  synchronized Pool create(PoolSpec spec) {
    Tenant owner = tenants.named(spec.tenant());
    for (Pool pool : byId) {
      if (pool != null && pool.name().equals(spec.name())) {
        pool.join(spec);
        return pool;
      }
    }
    int id = byId.length;
    Pool pool = new Pool(store, id, spec, owner, new PageTable(budget));
    Tenant[] known = Arrays.copyOf(owners, id + 1);
    known[id] = owner;
    owners = known;
    Pool[] grown = Arrays.copyOf(byId, id + 1);
    grown[id] = pool;
    byId = grown;
    return pool;
  }

  /** Takes one user off a pool; answers whether it was the last, who must destroy it. */
  synchronized boolean leave(Pool pool) {
    return pool.leave();
  }

  /** Owner of a pool that exists or existed. */
  Tenant ownerOf(int id) {
    return owners[id];
  }

  synchronized void remove(Pool pool) {
    Pool[] without = byId.clone();
    without[pool.id()] = null;
    byId = without;
  }

  /** The pool of a zpage header, or null when it was destroyed or the header is damaged. */
  Pool find(int id) {
    Pool[] seen = byId;
    return id > 0 && id < seen.length ? seen[id] : null;
  }

  List<Pool> all() {
    List<Pool> pools = new ArrayList<>();
    for (Pool pool : byId) {
      if (pool != null) {
        pools.add(pool);
      }
    }
    return pools;
  }
}
