// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

/**
 * When cleaning may visit a segment, and what it met there before.
 *
 * <p>Owned by whoever holds the maintenance lock of the tier.
 */
final class CleaningVisits {
  private static final int MOST_DOUBLINGS = 10;

  private boolean condemned;
  private int fruitlessPasses;
  private long revisitAtStep;
  private boolean cleanable = true;
  private int knownDamaged;

  /**
   * Notes the end of a cleaning pass that could not empty the segment, because zpages in it are not
   * published yet or damaged. It comes up again later and later, so that it never keeps the cleaner
   * from others.
   *
   * @return damaged records that no pass before has seen
   */
  int leave(long step, int damaged) {
    condemned = false;
    revisitAtStep = step + (1L << Math.min(++fruitlessPasses, MOST_DOUBLINGS));
    int fresh = Math.max(0, damaged - knownDamaged);
    knownDamaged += fresh;
    return fresh;
  }

  /**
   * Has cleaning empty the segment however full it is: it holds a damaged record that no page needs
   * any more, and that a start must not take for the page.
   */
  void condemn() {
    condemned = true;
  }

  boolean isCondemned() {
    return condemned;
  }

  /** Notes that cleaning can never empty the segment; it goes when its last record dies. */
  void leaveForEver() {
    cleanable = false;
  }

  boolean mayBeVisited(long step) {
    return cleanable && step >= revisitAtStep;
  }
}
