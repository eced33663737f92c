// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

/**
 * Says when the tier is sifted for what can go without a write: after a failed batch, but after a
 * sift that freed nothing only at every second, fourth, ... 64th failure from there on.
 *
 * <p>A sift looks at every zpage of the tier; in a tier of gigabytes that takes about a second, too
 * much to be done in vain at each trial. Owned by the reclaiming thread.
 */
final class SiftTurn {
  private static final int MOST_SKIPPED = 63;

  private boolean due;
  private int skipAfterNext;
  private int skipLeft;
  private long startLeftBytes;

  void onFailure(long leftBytes) {
    if (skipLeft > 0) {
      skipLeft--;
    } else if (!due) {
      due = true;
      startLeftBytes = leftBytes;
    }
  }

  boolean isDue() {
    return due;
  }

  void ended(long leftBytes) {
    due = false;
    skipAfterNext = leftBytes > startLeftBytes ? 0 : Math.min(2 * skipAfterNext + 1, MOST_SKIPPED);
    skipLeft = skipAfterNext;
  }

  void reset() {
    due = false;
    skipAfterNext = 0;
    skipLeft = 0;
  }
}
