// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.pagestrata.core.NearOutcome;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PutOutcome;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Consumer;

/**
 * Bytes of a block device on pages of a store: any offset, any length.
 *
 * <p>Each operation exists twice. {@code now} waits neither for disk, nor for room, nor for another
 * change of the page; when it answers false it may have done a part, and the whole is to be done
 * again by a thread that may wait. Changes of parts of a page are atomic. Thread-safe.
 */
final class PageIo {
  private final PageStore store;
  private final Pool pool;
  private final long object;
  private final int pageBytes;
  private final ByteBuffer zeroes;
  private final ThreadLocal<ByteBuffer> scratch;
  private final Consumer<PutOutcome> refusals;
  private final PageLocks locks = new PageLocks();

  /**
   * Makes the input and output of an export.
   *
   * @param refusals hears why a put was refused
   */
  PageIo(NbdExport export, Consumer<PutOutcome> refusals) {
    this.refusals = refusals;
    store = export.store();
    pool = export.pool();
    object = export.object();
    pageBytes = store.pageBytes();
    zeroes = ByteBuffer.allocateDirect(pageBytes).asReadOnlyBuffer();
    scratch = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(pageBytes));
  }

  /** Reads what remains in a direct buffer; false only when it must be now and cannot. */
  boolean read(long offset, ByteBuffer target, boolean now) {
    long at = offset;
    while (target.hasRemaining()) {
      int skip = (int) (at % pageBytes);
      int bytes = Math.min(pageBytes - skip, target.remaining());
      ByteBuffer into = bytes == pageBytes ? target : scratch.get();
      NearOutcome outcome = getPage(at / pageBytes, into, now);
      if (outcome == NearOutcome.BELOW) {
        return false;
      }
      int position = target.position();
      if (outcome == NearOutcome.ABSENT) {
        target.put(position, zeroes, 0, bytes);
      } else if (into != target) {
        target.put(position, into, skip, bytes);
      }
      target.position(position + bytes);
      at += bytes;
    }
    return true;
  }

  private NearOutcome getPage(long page, ByteBuffer target, boolean now) {
    if (now) {
      return store.near().get(pool, object, (int) page, target);
    }
    boolean found = store.get(pool, object, (int) page, target);
    return found ? NearOutcome.DONE : NearOutcome.ABSENT;
  }

  /**
   * Writes what remains in a buffer.
   *
   * @return false when there is no room, or when it must be now and cannot
   */
  boolean write(long offset, ByteBuffer source, boolean now) {
    long at = offset;
    while (source.hasRemaining()) {
      int skip = (int) (at % pageBytes);
      int bytes = Math.min(pageBytes - skip, source.remaining());
      boolean done =
          bytes == pageBytes
              ? putPage(at / pageBytes, source, now)
              : putPart(at / pageBytes, skip, source, bytes, now);
      if (!done) {
        return false;
      }
      source.position(source.position() + bytes);
      at += bytes;
    }
    return true;
  }

  private boolean putPage(long page, ByteBuffer source, boolean now) {
    StampedLock lock = locks.of(page);
    long stamp = now ? lock.tryReadLock() : lock.readLock();
    if (stamp == 0) {
      return false;
    }
    try {
      return put(page, source, now);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  private boolean put(long page, ByteBuffer source, boolean now) {
    if (now) {
      return store.near().put(pool, object, (int) page, source);
    }
    PutOutcome outcome = store.put(pool, object, (int) page, source);
    if (!outcome.isStored()) {
      refusals.accept(outcome);
    }
    return outcome.isStored();
  }

  private boolean putPart(long page, int skip, ByteBuffer source, int bytes, boolean now) {
    StampedLock lock = locks.of(page);
    long stamp = now ? lock.tryWriteLock() : lock.writeLock();
    if (stamp == 0) {
      return false;
    }
    try {
      ByteBuffer whole = scratch.get();
      NearOutcome outcome = getPage(page, whole, now);
      if (outcome == NearOutcome.BELOW) {
        return false;
      }
      if (outcome == NearOutcome.ABSENT) {
        whole.put(0, zeroes, 0, pageBytes);
      }
      whole.put(skip, source, source.position(), bytes);
      return put(page, whole, now);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /**
   * Makes a range read as zeroes. Waits where it must.
   *
   * @param hole whether whole pages are to be removed instead of stored as zeroes
   * @return false when there is no room
   */
  boolean zero(long offset, long length, boolean hole) {
    long end = offset + length;
    long firstWhole = (offset + pageBytes - 1) / pageBytes;
    long endWhole = end / pageBytes;
    if (firstWhole > endWhole) {
      return zeroPart(offset, (int) length, hole);
    }
    int head = (int) (firstWhole * pageBytes - offset);
    int tail = (int) (end - endWhole * pageBytes);
    return zeroPart(offset, head, hole)
        && zeroPages(firstWhole, endWhole - firstWhole, hole)
        && zeroPart(end - tail, tail, hole);
  }

  private boolean zeroPart(long offset, int bytes, boolean hole) {
    if (bytes == 0 || (hole && isAbsent(offset / pageBytes))) {
      return true;
    }
    int skip = (int) (offset % pageBytes);
    return putPart(offset / pageBytes, skip, zeroes.duplicate(), bytes, false);
  }

  private boolean isAbsent(long page) {
    return store.near().absentRun(pool, object, (int) page, 1) == 1;
  }

  private boolean zeroPages(long first, long pages, boolean hole) {
    if (pages == 0) {
      return true;
    }
    if (hole) {
      locks.shared(first, pages, () -> store.flushRange(pool, object, (int) first, pages));
      return true;
    }
    for (long page = first; page < first + pages; page++) {
      if (!putPage(page, zeroes, false)) {
        return false;
      }
    }
    return true;
  }

  /** Brings the pages of a range up, as far as there is room. */
  void prefetch(long offset, long length) {
    long first = offset / pageBytes;
    long end = (offset + length + pageBytes - 1) / pageBytes;
    store.prefetch(pool, object, (int) first, end - first);
  }

  /** Describes a range, or as much of it as the answer takes. */
  void status(long offset, long length, BlockStatus answer) {
    long at = offset;
    long end = offset + length;
    while (at < end && !answer.isFull()) {
      long page = at / pageBytes;
      long pages = (end + pageBytes - 1) / pageBytes - page;
      long absent = store.near().absentRun(pool, object, (int) page, pages);
      long run = absent > 0 ? absent : store.near().presentRun(pool, object, (int) page, pages);
      // Removed between the two looks: look again.
      if (run > 0) {
        long until = Math.min(end, (page + run) * pageBytes);
        int state = absent > 0 ? NbdProtocol.STATE_HOLE_AND_ZERO : NbdProtocol.STATE_DATA;
        answer.add(until - at, state);
        at = until;
      }
    }
  }
}
