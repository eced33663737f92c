// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

/** What {@link Hierarchy#claim} decided about one zpage under reclaim. */
public enum Claim {
  /** No entry names it, or it is in flight already; leave it. */
  DEAD,
  /** Referenced: stored once more among the younger ones of its tier. */
  SECOND_CHANCE,
  /**
   * It may not leave now, but its region should come free: stored once more as by a second chance.
   * Its tenant has less than its share of the tier, may not use the one below, or has written what
   * it may.
   */
  MOVED,
  /** Its backing copy is valid: the entry names that now, nothing is written. */
  EVICTED_CLEAN,
  /** Ephemeral: dropped. */
  DROPPED,
  /**
   * It may not leave now, since reclaim aims at others or must not write, or there is no tier below
   * for it; left where it is.
   */
  STAYS,
  /**
   * Its bytes are damaged and must not get where they are to survive; left where it is. Of one that
   * was found so before it is {@link #STAYS}.
   */
  DAMAGED,
  /** It was used since it was chosen as the one used least lately; left where it is. */
  USED,
  /**
   * Its entry is a shadow now: copy the bytes, write them, then commit or cancel. Never while the
   * aim is at what needs no write.
   */
  TAKEN
}
