// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The leaves in which a page changed since the last sync: a stack that is pushed by whoever changes
 * a page and taken as a whole by the sync. Thread-safe, lock-free, without allocation.
 */
public final class ChangedLeaves {
  private final AtomicReference<LeafChanges> top = new AtomicReference<>();

  /** Makes an empty stack. */
  public ChangedLeaves() {}

  void push(LeafChanges changes) {
    LeafChanges below = top.get();
    changes.setNext(below);
    while (!top.compareAndSet(below, changes)) {
      below = top.get();
      changes.setNext(below);
    }
  }

  /**
   * Takes every leaf.
   *
   * @return the first of them, linked to the others by {@link LeafChanges#next}; null for none
   */
  public LeafChanges takeAll() {
    return top.getAndSet(null);
  }
}
