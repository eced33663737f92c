// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Buffers in which a zpool puts a zpage together for a reader, since readers want its bytes side by
 * side and in direct memory.
 *
 * <p>There are a few for each processor; only those ever used take memory, which is not counted:
 * some pages for each processor, whatever the size of the pool. A reader holds one for a
 * decompression, so one that finds all taken waits for no longer. Thread-safe.
 */
public final class Scratches implements AutoCloseable {
  private static final int BUFFERS_PER_PROCESSOR = 4;
  private static final int LEAST_BUFFERS = 16;

  private static final int OS_PAGE_BYTES = 4096;

  /** A taken flag has a cache line of its own. */
  private static final int STRIDE = 16;

  private final AtomicIntegerArray taken;
  private final OffHeapMemory memory;
  private final ByteBuffer[] buffers;

  /**
   * Makes empty buffers.
   *
   * @param bytes least size of each
   */
  public Scratches(int bytes) {
    int processors = Runtime.getRuntime().availableProcessors();
    buffers = new ByteBuffer[Math.max(LEAST_BUFFERS, BUFFERS_PER_PROCESSOR * processors)];
    taken = new AtomicIntegerArray(buffers.length * STRIDE);
    int size = (bytes + OS_PAGE_BYTES - 1) & -OS_PAGE_BYTES;
    memory = new OffHeapMemory((long) buffers.length * size, false);
    ByteBuffer all = memory.slabs()[0];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = all.slice(i * size, size).order(all.order());
    }
  }

  /**
   * Takes a buffer; the caller gives it back.
   *
   * @return its number
   */
  public int take() {
    int home = (int) (Thread.currentThread().getId() % buffers.length);
    for (int i = home; ; i = (i + 1) % buffers.length) {
      if (taken.get(i * STRIDE) == 0 && taken.compareAndSet(i * STRIDE, 0, 1)) {
        return i;
      }
      if ((i + 1) % buffers.length == home) {
        Thread.yield();
      }
    }
  }

  /**
   * A taken buffer.
   *
   * @param number an answer of {@link #take}
   * @return direct memory, in the byte order of this machine
   */
  public ByteBuffer buffer(int number) {
    return buffers[number];
  }

  /**
   * Gives a buffer back.
   *
   * @param number an answer of {@link #take}
   */
  public void put(int number) {
    taken.set(number * STRIDE, 0);
  }

  /** Releases the memory; nobody may hold a buffer any more. */
  @Override
  public void close() {
    memory.close();
  }
}
