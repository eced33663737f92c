// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.eviction;

import io.pagestrata.core.tier.EvictionPolicy;

/** The eviction policies by name. */
public enum Eviction {
  /** One line of ages; what was read rejoins it past its middle. */
  SECOND_CHANCE,
  /** The least recently used zpage goes first, to the zpage; each access notes its time. */
  LRU,
  /** A line of new zpages and one of those read again, whose share follows the accesses. */
  S3_FIFO;

  /**
   * Makes a policy for one tier.
   *
   * @return a policy that no other tier shares what it has learned with
   */
  public EvictionPolicy policy() {
    return switch (this) {
      case SECOND_CHANCE -> EvictionPolicy.SECOND_CHANCE;
      case LRU -> EvictionPolicy.LRU;
      case S3_FIFO -> new TwoLines();
    };
  }
}
