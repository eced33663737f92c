// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.ZpageHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * Which size class a zpage belongs to.
 *
 * <p>Sizes go in steps of one unit, a 512th of a frame. For each size the chain of frames is chosen
 * that leaves least over, a shorter one when it is worse by a percent at most; neighbouring sizes
 * that come to the same geometry are one class, as in {@code mm/zsmalloc.c} of Linux. A size that
 * fits once into a frame, or into no chain allowed, gets as many frames of its own as it needs.
 * Immutable.
 */
final class SizeClasses {
  /** Units of a frame; a unit is the step between sizes. */
  static final int UNITS_OF_FRAME = 512;

  /** Memory per chained frame that makes longer chains pay, measured with real sizes. */
  private static final int POOL_FRAMES_PER_CHAINED_FRAME = 1024;

  private static final int LEAST_CHAIN = 2;
  private static final int LEAST_UNITS = 6;
  private static final double WORTH_A_LONGER_CHAIN = 0.01;

  final int unitBytes;

  private final int frameBytes;
  private final int longestChain;
  private final List<SizeClass> all = new ArrayList<>();
  private final SizeClass[] byUnits;

  SizeClasses(int frameBytes, int longestChain) {
    this.frameBytes = frameBytes;
    this.longestChain = longestChain;
    unitBytes = frameBytes / UNITS_OF_FRAME;
    byUnits = new SizeClass[units(ZpageHeader.BYTES + frameBytes, true) + 1];
    int from = 0;
    for (int units = LEAST_UNITS; units < byUnits.length; units++) {
      int chain = bestChain(units * unitBytes);
      int slots = slots(chain, units * unitBytes);
      boolean last = units == byUnits.length - 1;
      int nextChain = last ? 0 : bestChain((units + 1) * unitBytes);
      if (last || chain != nextChain || slots != slots(chain, (units + 1) * unitBytes)) {
        SizeClass made =
            new SizeClass(
                all.size(), chain, slots, units * unitBytes, firstSlotOffset(chain, slots));
        all.add(made);
        for (; from <= units; from++) {
          byUnits[from] = made;
        }
      }
    }
  }

  /** Longest chain for a pool of this many frames, when {@code wanted} is allowed. */
  static int longestChain(int wanted, int poolFrames) {
    return Math.min(wanted, Math.max(LEAST_CHAIN, poolFrames / POOL_FRAMES_PER_CHAINED_FRAME));
  }

  /** Units that a zpage takes, its trailer included. */
  int units(int zpageBytes, boolean backed) {
    int bytes = zpageBytes + (backed ? Long.BYTES : 0);
    return (bytes + unitBytes - 1) / unitBytes;
  }

  /** The class whose slots take this many units. */
  SizeClass of(int units) {
    return byUnits[units];
  }

  /** Every class, ascending. */
  List<SizeClass> all() {
    return all;
  }

  /** The shortest chain that is nearly as good as the best. */
  private int bestChain(int slotBytes) {
    double bestShare = 0;
    for (int chain = 1; chain <= longestChain || bestShare == 0; chain++) {
      bestShare = Math.max(bestShare, usedShare(chain, slotBytes));
    }
    int chain = 1;
    while (usedShare(chain, slotBytes) < bestShare - WORTH_A_LONGER_CHAIN) {
      chain++;
    }
    return chain;
  }

  private double usedShare(int chain, int slotBytes) {
    return (double) slots(chain, slotBytes) * slotBytes / chain / frameBytes;
  }

  /** Slots of a zspage, 0 when their owners would not fit into the first frame. */
  int slots(int chain, int slotBytes) {
    int bytes = chain * frameBytes;
    int slots = (bytes - SizeClass.ownersOffset(chain)) / (slotBytes + Integer.BYTES);
    while (slots > 0 && firstSlotOffset(chain, slots) + slots * slotBytes > bytes) {
      slots--;
    }
    boolean nameable = slots <= HandleWord.MAX_SLOTS && firstSlotOffset(chain, slots) <= frameBytes;
    return nameable ? slots : 0;
  }

  private int firstSlotOffset(int chain, int slots) {
    int owners = SizeClass.ownersOffset(chain) + slots * Integer.BYTES;
    return (owners + unitBytes - 1) / unitBytes * unitBytes;
  }
}
