// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is stored in the pool: handles in use, their order of age, and counts.
 *
 * <p>One short lock guards it all; no zpage is copied under it, and nothing but pages of tables is
 * taken.
 */
final class Ledger implements AutoCloseable {
  final Handles handles;

  private final ReentrantLock lock = new ReentrantLock();
  private final AgeChunks chunks;
  private final Ages ages;
  private long storedZpages;
  private long storedBytes;
  private long storedUnits;
  private long goneZpages;
  private long goneUnits;
  private long damaged;
  private boolean closed;

  /** Counts at one moment; those in units are footprints, padding and trailers included. */
  record Counts(
      long storedZpages,
      long storedBytes,
      long storedUnits,
      long zpages,
      long units,
      long damagedRegions) {}

  Ledger(Room room, long maxBytes, int unitBytes, EvictionPolicy eviction) {
    int mostHandles = Handles.mostFor(maxBytes, unitBytes);
    handles = new Handles(room, mostHandles);
    chunks = new AgeChunks(room, mostHandles);
    ages = new Ages(chunks, handles, eviction);
  }

  /** Enters a zpage; answers its handle, or {@link Handles#NONE}. */
  int enter(StoreIntent intent, long nanos, int bytes, int units) {
    lock.lock();
    try {
      int handle = closed ? Handles.NONE : handles.take(intent);
      if (handle == Handles.NONE) {
        return Handles.NONE;
      }
      if (!ages.add(handle, intent, nanos)) {
        handles.put(handle);
        return Handles.NONE;
      }
      storedZpages++;
      storedBytes += bytes;
      storedUnits += units;
      return handle;
    } finally {
      lock.unlock();
    }
  }

  /** Strikes a zpage out whose handle nobody can pin any more. */
  void strike(int handle, long word) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      handles.publish(handle, HandleWord.free(word));
      if (ages.remove(handle)) {
        handles.put(handle);
      }
      goneZpages++;
      goneUnits += HandleWord.units(word);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the coldest region and lists its handles; see {@link Ages#show}. */
  long show(long untouchedSinceNanos, int[] members) {
    lock.lock();
    try {
      return closed ? UpperTier.NOTHING : ages.show(untouchedSinceNanos, members);
    } finally {
      lock.unlock();
    }
  }

  void settle(long region) {
    lock.lock();
    try {
      if (!closed) {
        ages.settle(region);
      }
    } finally {
      lock.unlock();
    }
  }

  void condemn(long region) {
    lock.lock();
    try {
      if (!closed && ages.condemn(region)) {
        damaged++;
      }
    } finally {
      lock.unlock();
    }
  }

  Counts counts() {
    lock.lock();
    try {
      return new Counts(
          storedZpages,
          storedBytes,
          storedUnits,
          closed ? 0 : storedZpages - goneZpages,
          closed ? 0 : storedUnits - goneUnits,
          damaged);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      handles.close();
      chunks.close();
    } finally {
      lock.unlock();
    }
  }
}
