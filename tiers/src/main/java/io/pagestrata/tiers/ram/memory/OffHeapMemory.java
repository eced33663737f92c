// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A range of anonymous memory outside the Java heap, shown as direct buffers of at most 1 GiB.
 *
 * <p>It is mapped with {@code mmap} on 64-bit Linux and macOS and taken from {@code malloc}
 * elsewhere, so {@code -XX:MaxDirectMemorySize} does not count it. Only touched pages take memory.
 * The buffers are valid until {@link #close}; touching one later ends the JVM, so the owner makes
 * sure that nobody does. Thread-safe but for closing.
 */
public final class OffHeapMemory implements AutoCloseable {
  /** Largest slab; all but the last have this size. */
  public static final int SLAB_BYTES = 1 << 30;

  private static final int OS_PAGE_BYTES = 4096;
  private static final AtomicLong MAPPED = new AtomicLong();

  private final long bytes;
  private final LibC libC;
  private final Pointer base;
  private final ByteBuffer[] slabs;
  private boolean closed;

  /**
   * Maps fresh memory, all zeroes on systems with {@code mmap}.
   *
   * @param bytes how many
   * @param hugePages true to ask for huge pages, which make first touch and random access cheaper
   *     but take memory 2 MiB at a time; a wish that the system may ignore
   * @throws IllegalStateException when the system has no such memory
   */
  public OffHeapMemory(long bytes, boolean hugePages) {
    this.bytes = bytes;
    libC = LibC.ofThisSystem();
    base = libC == null ? allocate(bytes) : map(libC, bytes);
    MAPPED.addAndGet(bytes);
    if (hugePages && libC != null && Platform.isLinux()) {
      advise(0, bytes, LibC.MADV_HUGEPAGE);
    }
    slabs = new ByteBuffer[Math.toIntExact((bytes + SLAB_BYTES - 1) / SLAB_BYTES)];
    for (int i = 0; i < slabs.length; i++) {
      long start = (long) i * SLAB_BYTES;
      slabs[i] = base.getByteBuffer(start, Math.min(SLAB_BYTES, bytes - start));
    }
  }

  private static Pointer map(LibC libC, long bytes) {
    int flags = Platform.isMac() ? LibC.MAP_FLAGS_MACOS : LibC.MAP_FLAGS_LINUX;
    try {
      Pointer mapped = libC.mmap(null, bytes, LibC.PROT_READ_WRITE, flags, -1, 0);
      if (Pointer.nativeValue(mapped) != -1) {
        return mapped;
      }
      throw noMemory(bytes, null);
    } catch (LastErrorException e) {
      throw noMemory(bytes, e);
    }
  }

  private static Pointer allocate(long bytes) {
    long address = Native.malloc(bytes);
    if (address == 0) {
      throw noMemory(bytes, null);
    }
    return new Pointer(address);
  }

  private static IllegalStateException noMemory(long bytes, Throwable cause) {
    return new IllegalStateException(
        "the system has no "
            + bytes
            + " bytes of memory for the RAM tier"
            + (cause == null ? "" : ": " + cause.getMessage())
            + "; configure less",
        cause);
  }

  /**
   * The memory as buffers, in order; native byte order.
   *
   * @return one buffer for each started {@link #SLAB_BYTES}
   */
  public ByteBuffer[] slabs() {
    return slabs.clone();
  }

  /**
   * Lets the system have the pages of a range back; the range stays usable and what it held is
   * lost.
   *
   * @param offset first byte, a multiple of the system's page size
   * @param length bytes, a multiple of it as well
   * @return true when the memory is the system's again, false where it cannot be given back
   */
  public boolean giveBack(long offset, long length) {
    return libC != null
        && advise(offset, length, Platform.isMac() ? LibC.MADV_FREE_MACOS : LibC.MADV_DONTNEED);
  }

  private boolean advise(long offset, long length, int advice) {
    try {
      return libC.madvise(base.share(offset), length, advice) == 0;
    } catch (LastErrorException e) {
      // Advice is a wish: the caller hears that it was not granted and keeps counting the memory.
      return false;
    }
  }

  /**
   * Writes one zero byte into each system page of a range, so that later writes find it resident.
   * Only for ranges that hold nothing.
   *
   * @param offset first byte
   * @param length bytes
   */
  public void touch(long offset, long length) {
    for (long at = offset; at < offset + length; at += OS_PAGE_BYTES) {
      slabs[(int) (at / SLAB_BYTES)].put((int) (at % SLAB_BYTES), (byte) 0);
    }
  }

  /**
   * Bytes held by all memory of this kind in the process, touched or not.
   *
   * @return 0 when everything is closed
   */
  public static long mappedBytes() {
    return MAPPED.get();
  }

  /** Gives the memory back to the system at once. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (libC == null) {
      Native.free(Pointer.nativeValue(base));
    } else {
      libC.munmap(base, bytes);
    }
    MAPPED.addAndGet(-bytes);
  }
}
