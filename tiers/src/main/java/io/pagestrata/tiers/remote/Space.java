// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The tier's own count of what it takes on the servers: zpages and what a server adds to each of
 * them. Garbage counts until a server has confirmed its removal. Thread-safe.
 */
final class Space {
  /** What a zpage takes beside its own length: the tag, and what a server adds, rounded up. */
  static final int OVERHEAD_BYTES = 176;

  private final long limitBytes;
  private final AtomicLong liveBytes = new AtomicLong();
  private final AtomicLong takenBytes = new AtomicLong();

  /** What did not fit last, 0 when it did. */
  private volatile long wantedBytes;

  Space(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  static long cost(long zpages, long zpageBytes) {
    return zpages * OVERHEAD_BYTES + zpageBytes;
  }

  long bytesOf(Group group, long places) {
    long bytes = 0;
    for (long left = places; left != 0; left &= left - 1) {
      bytes += cost(1, group.zpageBytes(Long.numberOfTrailingZeros(left)));
    }
    return bytes;
  }

  /** Takes room for zpages that are about to be written; false when there is too little. */
  boolean tryTake(long bytes) {
    long taken = takenBytes.get();
    while (bytes <= limitBytes - taken) {
      if (takenBytes.compareAndSet(taken, taken + bytes)) {
        wantedBytes = 0;
        return true;
      }
      taken = takenBytes.get();
    }
    wantedBytes = bytes;
    return false;
  }

  /** Whether what did not fit last would not fit now either. */
  boolean isFull() {
    return wantedBytes > limitBytes - takenBytes.get();
  }

  /** Gives room back in which nothing was written. */
  void untake(long bytes) {
    takenBytes.addAndGet(-bytes);
  }

  void alive(long bytes) {
    liveBytes.addAndGet(bytes);
  }

  void freed(long bytes) {
    liveBytes.addAndGet(-bytes);
  }

  void unlinked(long bytes) {
    takenBytes.addAndGet(-bytes);
  }

  long liveBytes() {
    return liveBytes.get();
  }

  long limitBytes() {
    return limitBytes;
  }
}
