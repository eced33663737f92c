// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.PageTable;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The pools of a store, found by id without a lock; ids are never reused. Thread-safe. */
final class Pools {
  private final PageStore store;
  private final MemoryBudget budget;

  /** Pools by id; replaced as a whole, so a reader never sees it change. */
  private volatile Pool[] byId = new Pool[1];

  Pools(PageStore store, MemoryBudget budget) {
    this.store = store;
    this.budget = budget;
  }

  synchronized Pool create(String name, PoolKind kind) {
    // Later it would break the search for other pools.
    Objects.requireNonNull(name, "name of the pool");
    Objects.requireNonNull(kind, "kind of the pool");
    for (Pool pool : byId) {
      if (pool != null && pool.name().equals(name)) {
        throw new IllegalArgumentException("a pool named '" + name + "' exists already");
      }
    }
    int id = byId.length;
    Pool pool = new Pool(store, id, name, kind, new PageTable(budget));
    Pool[] grown = Arrays.copyOf(byId, id + 1);
    grown[id] = pool;
    byId = grown;
    return pool;
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
