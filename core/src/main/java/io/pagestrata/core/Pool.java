// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.PageTable;

/**
 * A namespace of pages with a kind, made by {@link PageStore#createPool}. Immutable handle,
 * thread-safe.
 */
public final class Pool {
  private final PageStore store;
  private final int id;
  private final String name;
  private final PoolKind kind;
  private final PageTable table;
  private volatile boolean destroyed;

  Pool(PageStore store, int id, String name, PoolKind kind, PageTable table) {
    this.store = store;
    this.id = id;
    this.name = name;
    this.kind = kind;
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
    return name;
  }

  /**
   * Whether pages may be dropped.
   *
   * @return the kind
   */
  public PoolKind kind() {
    return kind;
  }

  PageTable table() {
    return table;
  }

  boolean isDestroyed() {
    return destroyed;
  }

  void markDestroyed() {
    destroyed = true;
  }

  /** Whether pages of this pool survive the process. */
  boolean survives() {
    return table.notesChanges();
  }

  void checkUsableBy(PageStore user) {
    if (store != user) {
      throw new IllegalArgumentException("pool '" + name + "' belongs to another store");
    }
    if (destroyed) {
      throw new PoolDestroyedException(this);
    }
  }

  @Override
  public String toString() {
    return "pool '" + name + "' (" + kind + ", id " + id + ")";
  }
}
