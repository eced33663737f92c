// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

/**
 * What a locator says.
 *
 * <pre>
 *   47    44 43    38 37          24 23                    0
 *   | version | place |    life     |         slot          |
 * </pre>
 *
 * The slot finds the group, the life tells it from earlier ones in the slot, the version says which
 * backing counts. Stateless.
 */
final class Locators {
  static final int MOST_SLOTS = 1 << 24;
  static final int LIVES = 1 << 14;
  private static final int LIFE_SHIFT = 24;
  private static final int PLACE_SHIFT = 38;
  private static final int VERSION_SHIFT = 44;

  private Locators() {}

  static long pack(Group group, int place, int version) {
    return (long) version << VERSION_SHIFT
        | (long) place << PLACE_SHIFT
        | (long) group.life << LIFE_SHIFT
        | group.slot;
  }

  static int slot(long locator) {
    return (int) locator & MOST_SLOTS - 1;
  }

  static int life(long locator) {
    return (int) (locator >>> LIFE_SHIFT) & LIVES - 1;
  }

  static int place(long locator) {
    return (int) (locator >>> PLACE_SHIFT) & Group.ZPAGES - 1;
  }

  static int version(long locator) {
    return (int) (locator >>> VERSION_SHIFT);
  }
}
