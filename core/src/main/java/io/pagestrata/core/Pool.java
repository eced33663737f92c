// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.PageTable;

/**
 * A namespace of pages with a kind, made by {@link PageStore#createPool}. Whoever has it names
 * pages in it by a 64-bit object and a 32-bit index, both of which the caller chooses.
 *
 * <pre>{@code
 * Pool cache = store.createPool("tiles", PoolKind.EPHEMERAL);
 * PutOutcome outcome = store.put(cache, 42, 0, page, 0); // object 42, page 0
 * if (!outcome.isStored()) {
 *   refused.add(outcome); // REFUSED_FULL and others: nothing is stored, and it was counted
 * }
 * boolean found = store.get(cache, 42, 0, copy, 0); // an ephemeral page may be gone
 * long removed = store.flushObject(cache, 42); // all pages of object 42
 * store.destroyPool(cache); // what is left of it goes, too
 * }</pre>
 *
 * <p>Immutable handle, thread-safe. Of no use to another store than the one that made it, nor after
 * that is closed: such calls throw {@link IllegalArgumentException} or {@link
 * StoreClosedException}, and {@link PoolDestroyedException} once it is destroyed.
 */
public final class Pool {
  private final PageStore store;
  private final int id;
  private final PoolSpec spec;
  private final Tenant tenant;
  private final PageTable table;
  private volatile boolean destroyed;
  private boolean holdsContents;

  /** Users of a shared pool; guarded by the monitor of {@link Pools}. */
  private int users = 1;

  Pool(PageStore store, int id, PoolSpec spec, Tenant tenant, PageTable table) {
    this.store = store;
    this.id = id;
    this.spec = spec;
    this.tenant = tenant;
    this.table = table;
  }

  /**
   * Number of the pool, part of every zpage header.
   *
   * @return 1 or more, never reused within a store
   */
  public int id() {
    return id;
  }

  /**
   * Name given at creation.
   *
   * @return unique among the pools that exist
   */
  public String name() {
    return spec.name();
  }

  /**
   * Whether pages may be dropped.
   *
   * @return the kind
   */
  public PoolKind kind() {
    return spec.kind();
  }

  /**
   * Name of the tenant who owns the pool.
   *
   * @return the name given at creation
   */
  public String tenantName() {
    return spec.tenant();
  }

  Tenant tenant() {
    return tenant;
  }

  /** Makes this a pool of what other pages share; before anybody else knows it. */
  Pool asContents() {
    holdsContents = true;
    return this;
  }

  /** Whether its pages are those that pages of other pools share. */
  boolean isContents() {
    return holdsContents;
  }

  boolean isShared() {
    return spec.shared();
  }

  /** Adds a user who asked for a pool of this name. */
  void join(PoolSpec asked) {
    if (!asked.shared() || !asked.equals(spec) || destroyed) {
      throw new IllegalArgumentException("a pool named '" + name() + "' exists already");
    }
    users++;
  }

  /** Says that this is a pool of an earlier run, whose users join it again or find it by name. */
  void withoutUsers() {
    users = 0;
  }

  /** Whether nobody else uses it, so that who leaves must {@link #markDestroyed destroy} it. */
  boolean isLastUser() {
    return users <= 1;
  }

  /** Takes off a user who is not the last. */
  void leave() {
    users--;
  }

  void markDestroyed() {
    destroyed = true;
  }

  PageTable table() {
    return table;
  }

  boolean isDestroyed() {
    return destroyed;
  }

  /** Whether pages of this pool survive the process. */
  boolean survives() {
    return table.notesChanges();
  }

  void checkUsableBy(PageStore user) {
    if (store != user) {
      throw new IllegalArgumentException("pool '" + name() + "' belongs to another store");
    }
    if (destroyed) {
      throw new PoolDestroyedException(this);
    }
  }

  @Override
  public String toString() {
    return "pool '" + name() + "' (" + kind() + ", id " + id + ")";
  }
}
