// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.util.HashSet;
import java.util.Set;

/**
 * Which tombstones of a segment count no more, since cleaning has moved or dropped them: those in
 * front of a place, but for damaged ones. Owned by whoever holds the maintenance lock of the tier.
 */
final class SettledTombstones {
  private final Set<Long> damaged = new HashSet<>();
  private long end;

  /** Notes that all whole ones in front of a place are settled. */
  void advance(long newEnd) {
    end = newEnd;
  }

  /** Notes a damaged record that cleaning passes, which may be a tombstone. */
  void passDamaged(long position) {
    if (position >= end) {
      damaged.add(position);
    }
  }

  /** Whether a whole tombstone is settled. */
  boolean has(long position) {
    return position < end;
  }

  /** The same of one that is damaged now; it may have been whole when cleaning came by. */
  boolean hasDamaged(long position) {
    return has(position) && !damaged.contains(position);
  }
}
