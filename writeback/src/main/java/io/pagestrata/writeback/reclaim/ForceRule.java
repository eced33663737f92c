// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

/**
 * Says when second chances must end so that reclaim frees memory although every page is hot (hazard
 * H17).
 *
 * <p>A region <em>gains</em> when more than a sixteenth of its zpage bytes will be free: they left,
 * are on their way down, or were dead. The rule: after regions without gain in a row that hold a
 * quarter of the tier (but 64 MiB at most, and 4 regions at least), referenced zpages are taken too
 * until the run ends. A quarter, since hot pages cluster (survivors of reclaim lie together) and a
 * few hot regions in a row are normal; 64 MiB, since copying that much takes some 15 ms, which a
 * waiting put can bear. When even taking by force gains nothing for as many bytes as the tier
 * holds, the run is pointless.
 *
 * <p>Zpages that were moved since they may not leave do not call for force, which would only fall
 * on the others; but a run that moved or saw twice what the tier holds is pointless as well. Owned
 * by the reclaiming thread.
 */
final class ForceRule {
  private static final int LEAST_REGIONS = 4;
  private static final long MOST_BYTES = 64L << 20;
  private static final int GAIN_SHARE = 16;

  private int regionsWithoutGain;
  private long bytesWithoutGain;
  private long movedWithoutGain;
  private boolean forced;

  void start(boolean fromTheStart) {
    regionsWithoutGain = 0;
    bytesWithoutGain = 0;
    movedWithoutGain = 0;
    forced = fromTheStart;
  }

  void onRegion(long shownBytes, long movedBytes, long gainedBytes, long limitBytes) {
    if (gainedBytes > (shownBytes + movedBytes) / GAIN_SHARE) {
      regionsWithoutGain = 0;
      bytesWithoutGain = 0;
      movedWithoutGain = 0;
      return;
    }
    movedWithoutGain += movedBytes;
    regionsWithoutGain++;
    bytesWithoutGain += shownBytes;
    if (!forced
        && regionsWithoutGain >= LEAST_REGIONS
        && bytesWithoutGain >= Math.min(limitBytes / 4, MOST_BYTES)) {
      start(true);
    }
  }

  boolean isForced() {
    return forced;
  }

  /** Whether a whole round by force, or two rounds of any kind, gained nothing. */
  boolean isPointless(long usedBytes) {
    return regionsWithoutGain >= LEAST_REGIONS
        && (forced && bytesWithoutGain >= usedBytes
            || bytesWithoutGain + movedWithoutGain >= 2 * usedBytes);
  }
}
