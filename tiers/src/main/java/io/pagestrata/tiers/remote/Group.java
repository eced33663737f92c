// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.RecordCipher;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Up to 64 zpages that were written one after the other and share a hash tag: the unit of age, of
 * reclaim and of removal. Of each zpage it keeps a stub off-heap; the bytes are on a server.
 *
 * <pre>
 *   OPEN --full, or a reader of ages wants it--> SEALED <--settle-- SHOWN
 *                                                  |    --reclaim-->
 *                  nothing alive, nothing to unlink, no pin --> RECYCLED
 * </pre>
 *
 * <p>A place is first written, then alive, then garbage until the server has removed its key. A
 * write whose end is not known leaves garbage at once. Thread-safe; stubs are written by whoever
 * stores, before the place is alive.
 */
final class Group {
  static final int ZPAGES = 64;

  private static final int SEALED = 1 << 30;
  private static final int SHOWN = 1 << 29;
  private static final int RECYCLED = -1;
  private static final int VERSIONS = 16;
  private static final int BACKINGS_START = ZPAGES * ZpageHeader.BYTES;
  private static final int VERSIONS_START = BACKINGS_START + ZPAGES * 2 * Long.BYTES;
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** Never used twice; part of the keys, and the region of reclaim. */
  final long number;

  final int slot;
  final int life;
  final int hashSlot;
  final StubMemory.Room room;

  /** On which all of it was written. */
  final Line line;

  /** Whether the group waits to have its garbage removed. */
  final AtomicBoolean queued = new AtomicBoolean();

  private final AtomicLong live = new AtomicLong();
  private final AtomicLong garbage = new AtomicLong();

  /** SEALED, SHOWN and the number of pins, or RECYCLED. */
  private final AtomicInteger hold = new AtomicInteger();

  /** What the server was when all this was written; replaced once all is known to be there. */
  volatile Incarnation incarnation;

  /** Places written; used by the storing thread alone. */
  int written;

  /** Garbage that was removed once and may come again; used by the {@link Unlinker} alone. */
  long doubted;

  volatile long youngestNanos;

  /** Whether all that is alive in it was found lost; it is not shown again then. */
  volatile boolean hollow;

  Group(long number, int slot, int life, StubMemory.Room room, Incarnation incarnation, Line line) {
    this.line = line;
    this.number = number;
    this.slot = slot;
    this.life = life;
    this.room = room;
    this.incarnation = incarnation;
    hashSlot = Keys.hashSlot(number);
  }

  // ---- stubs ----

  ByteBuffer memory() {
    return room.memory();
  }

  int header(int place) {
    return room.start() + place * ZpageHeader.BYTES;
  }

  int zpageBytes(int place) {
    return ZpageHeader.zpageBytes(memory(), header(place));
  }

  /** Whether a value begins with the very header that was stored: key, generation, checksum. */
  boolean isValueOf(int place, byte[] value) {
    return value != null
        && value.length == zpageBytes(place) + RecordCipher.TAG_BYTES
        && ByteBuffer.wrap(value, 0, ZpageHeader.BYTES)
            .equals(memory().slice(header(place), ZpageHeader.BYTES));
  }

  /** Keeps the header of a value. */
  void write(int place, ByteBuffer value, int offset, long backing) {
    memory().put(header(place), value, offset, ZpageHeader.BYTES);
    memory().put(room.start() + VERSIONS_START + place, (byte) 0);
    LONG.setVolatile(memory(), backingAt(place, 0), backing);
  }

  private int backingAt(int place, int version) {
    return room.start() + BACKINGS_START + (2 * place + version % 2) * Long.BYTES;
  }

  long backing(int place, int version) {
    return (long) LONG.getVolatile(memory(), backingAt(place, version));
  }

  /** Version of the backing that counts, or is about to. */
  int version(int place) {
    return memory().get(room.start() + VERSIONS_START + place);
  }

  /** Sets another backing and answers its version. */
  int rebase(int place, int version, long backing) {
    int next = (version + 1) % VERSIONS;
    LONG.setVolatile(memory(), backingAt(place, next), backing);
    memory().put(room.start() + VERSIONS_START + place, (byte) next);
    return next;
  }

  // ---- places ----

  static long bits(int first, int count) {
    return (count == ZPAGES ? -1L : (1L << count) - 1) << first;
  }

  void makeAlive(long places) {
    live.getAndUpdate(now -> now | places);
  }

  /** Whoever could not find out whether a write happened has it removed. */
  void makeGarbage(long places) {
    garbage.getAndUpdate(now -> now | places);
  }

  /** Makes a place garbage; false when it was not alive. */
  boolean free(int place) {
    long bit = 1L << place;
    if ((live.get() & bit) == 0) {
      return false;
    }
    // Garbage first: a group without either may be recycled.
    makeGarbage(bit);
    return (live.getAndUpdate(now -> now & ~bit) & bit) != 0;
  }

  boolean isAlive(int place) {
    return (live.get() >>> place & 1) != 0;
  }

  long live() {
    return live.get();
  }

  long garbage() {
    return garbage.get();
  }

  void unlinked(long places) {
    garbage.getAndUpdate(now -> now & ~places);
  }

  // ---- holds ----

  /** Keeps the group from being recycled; false when it already is. */
  boolean pin() {
    return hold.getAndUpdate(now -> now == RECYCLED ? now : now + 1) != RECYCLED;
  }

  void unpin() {
    hold.getAndDecrement();
  }

  void seal() {
    hold.getAndUpdate(now -> now | SEALED);
  }

  /** Marks a sealed group as shown; false when it is shown, open or recycled. */
  boolean show() {
    int now = hold.get();
    while (now != RECYCLED && (now & SEALED) != 0 && (now & SHOWN) == 0) {
      if (hold.compareAndSet(now, now | SHOWN)) {
        return true;
      }
      now = hold.get();
    }
    return false;
  }

  void settle() {
    hold.getAndUpdate(now -> now & ~SHOWN);
  }

  boolean isSealed() {
    return (hold.get() & SEALED) != 0;
  }

  /** Ends the life of a group that holds nothing and is held by nobody; true for one caller. */
  boolean tryRecycle() {
    return live.get() == 0 && garbage.get() == 0 && hold.compareAndSet(SEALED, RECYCLED);
  }
}
