// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.ChangedLeaves;
import io.pagestrata.core.table.PageTable;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.PageLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The pools of a store, found by id without a lock; ids are never reused. Thread-safe. */
final class Pools {
  private final PageStore store;
  private final MemoryBudget budget;
  private final PageLog log;
  private final ChangedLeaves changes = new ChangedLeaves();

  /** Pools by id; replaced as a whole, so a reader never sees it change. */
  private volatile Pool[] byId = new Pool[1];

  /** Without a log, which is null then, no pool survives. */
  Pools(PageStore store, MemoryBudget budget, PageLog log) {
    this.store = store;
    this.budget = budget;
    this.log = log;
  }

  /** The leaves of pools that survive, as far as they changed. */
  ChangedLeaves changes() {
    return changes;
  }

  /** Takes over the pools of an earlier run. */
  synchronized void restore(List<PageLog.SavedPool> saved, int nextPool) {
    Pool[] restored = new Pool[nextPool];
    for (PageLog.SavedPool pool : saved) {
      restored[pool.id()] = make(pool.id(), pool.name(), PoolKind.PERSISTENT);
    }
    byId = restored;
  }

  private Pool make(int id, String name, PoolKind kind) {
    boolean survives = log != null && kind == PoolKind.PERSISTENT;
    return new Pool(store, id, name, kind, new PageTable(budget, survives ? changes : null, id));
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
    Pool pool = make(id, name, kind);
    Pool[] grown = Arrays.copyOf(byId, id + 1);
    grown[id] = pool;
    // Of a pool that does not survive too: its id must not come back with zpages on the medium.
    save(grown);
    byId = grown;
    return pool;
  }

  /** Marks a pool destroyed; when it survived until now, it does not any more. */
  synchronized void destroy(Pool pool) {
    if (pool.isDestroyed()) {
      throw new PoolDestroyedException(pool);
    }
    save(without(pool));
    // Before the walk: a put that links a new leaf behind it sees the mark and cleans up itself.
    pool.markDestroyed();
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
        saved.add(new PageLog.SavedPool(pool.id(), pool.name()));
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
