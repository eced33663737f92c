// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.ChangedLeaves;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.PageLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Writes down what changed since the last sync.
 *
 * <p>A sync that finds the tier full is made again in parts: what supersedes older records first,
 * so that those go and leave room for the rest.
 *
 * <p>A caller takes a ticket and waits for its turn; whoever has the turn covers every ticket taken
 * before it begins, so calls that come together share one sync. What changed is found by the bits
 * of {@link LeafChanges}. When a sync fails, everything that it has not written down is noted as
 * changed again, and the next one tries anew.
 *
 * <p>Thread-safe; the turn is a lock that no operation on a page takes.
 */
final class Syncer {
  /** Room that was made may be taken by others; so often a sync tries without any success. */
  private static final int MOST_FRUITLESS = 3;

  private final PageHierarchy hierarchy;
  private final PageLog log;
  private final ChangedLeaves changed;
  private final Pools pools;
  private final SyncCounters counters;
  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicLong tickets = new AtomicLong();

  // Guarded by the turn.
  private final SyncBatch batch;
  private final long[] bits = new long[LeafChanges.BIT_WORDS];
  private final List<LeafChanges> looked = new ArrayList<>();
  private long covered;
  private long failedUpTo;
  private String damage;
  private boolean closed;

  /** Written by who has the turn. */
  private volatile long progress;

  Syncer(PageHierarchy hierarchy, PageLog log, ChangedLeaves changed, Pools pools) {
    this.hierarchy = hierarchy;
    this.log = log;
    this.changed = changed;
    this.pools = pools;
    counters = hierarchy.syncCounters();
    batch = new SyncBatch(hierarchy, log);
  }

  /** Returns when everything that was done before the call is on the medium. */
  void sync() {
    sync(true);
  }

  /**
   * The same for the upkeep of a tier: that a page is lost is still to be told to a caller. The
   * sync of somebody else, which may take long, is not waited for.
   *
   * @return false when one is under way, and so none was made
   */
  boolean syncUnheard() {
    if (!turn.tryLock()) {
      return false;
    }
    try {
      sync(false);
      return true;
    } finally {
      turn.unlock();
    }
  }

  private void sync(boolean byCaller) {
    long ticket = tickets.incrementAndGet();
    turn.lock();
    try {
      if (byCaller && ticket <= failedUpTo) {
        // A later sync succeeds, as this one was told; whoever shared it must hear it, too.
        throw new CorruptPageException(damage);
      }
      if (covered >= ticket) {
        counters.join();
        return;
      }
      if (closed) {
        throw new StoreClosedException();
      }
      long covers = tickets.get();
      try {
        writeChanges(byCaller);
      } catch (CorruptPageException e) {
        if (byCaller) {
          failedUpTo = covers;
          damage = e.getMessage();
        }
        throw e;
      }
      if (!batch.owesALoss()) {
        covered = covers;
      }
    } finally {
      turn.unlock();
    }
  }

  /**
   * Makes the last sync; later ones are refused.
   *
   * @return false when one under way did not end within a time, and so may hang
   */
  boolean close(Duration wait) {
    if (!lockWithin(wait.toNanos())) {
      return false;
    }
    try {
      if (!closed) {
        closed = true;
        writeChanges(true);
      }
      return true;
    } finally {
      turn.unlock();
    }
  }

  /** See {@link SyncBatch#underWay}. */
  BooleanSupplier storeUnderWay() {
    return batch.underWay();
  }

  /** Grows while a sync gets on. */
  long progress() {
    return progress;
  }

  /** An interrupt does not keep a store from writing everything down. */
  private boolean lockWithin(long nanos) {
    long deadline = System.nanoTime() + nanos;
    boolean interrupted = false;
    while (true) {
      try {
        boolean locked = turn.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return locked;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  /** Says that nothing can change any more, and all of it was written down. */
  void markClean(long generation) {
    try {
      log.markClean(generation);
    } catch (IOException e) {
      throw new TierFailureException("the store could not be closed cleanly: " + e.getMessage(), e);
    }
  }

  private void writeChanges(boolean byCaller) {
    SyncCounters.End end = SyncCounters.End.FAILED;
    counters.begin();
    try {
      writeAll(byCaller);
      end = SyncCounters.End.DONE;
    } catch (TierFailureException e) {
      end = e.isFull() ? SyncCounters.End.REFUSED : end;
      throw e;
    } finally {
      counters.end(end);
    }
  }

  private void writeAll(boolean byCaller) {
    begin();
    try {
      write(SyncBatch.Part.EVERYTHING, byCaller);
    } catch (TierFailureException e) {
      if (!e.isFull()) {
        throw e;
      }
      writeWithinRoom(SyncBatch.Part.REMOVALS, byCaller);
      writeWithinRoom(SyncBatch.Part.SUPERSEDING, byCaller);
      end();
      begin();
      writeWithinRoom(SyncBatch.Part.EVERYTHING, byCaller);
    }
    end();
  }

  /** What was written leaves less to write, and what it superseded leaves room. */
  private void writeWithinRoom(SyncBatch.Part part, boolean byCaller) {
    int fruitless = 0;
    while (true) {
      long before = batch.stored();
      try {
        write(part, byCaller);
        return;
      } catch (TierFailureException e) {
        fruitless = batch.stored() > before ? 0 : fruitless + 1;
        if (!e.isFull() || fruitless > MOST_FRUITLESS || !makesRoom()) {
          throw e;
        }
      }
    }
  }

  private boolean makesRoom() {
    try {
      return log.makeRoom();
    } catch (IOException e) {
      throw new TierFailureException("no room could be made for a sync: " + e.getMessage(), e);
    }
  }

  private void end() {
    log.endSync();
    hierarchy.contents().endSync();
  }

  private void begin() {
    try {
      log.beginSync();
    } catch (IOException e) {
      throw new TierFailureException("a sync could not begin: " + e.getMessage(), e);
    }
    hierarchy.contents().beginSync();
  }

  private void write(SyncBatch.Part part, boolean byCaller) {
    batch.begin(part, byCaller);
    LeafChanges leaf = contentsFirst(changed.takeAll());
    looked.clear();
    try {
      while (leaf != null) {
        LeafChanges next = leaf.next();
        LeafChanges now = leaf;
        leaf = next;
        write(now);
        progress++;
        looked.add(now);
      }
      batch.end();
    } catch (RuntimeException | Error e) {
      batch.giveBack();
      while (leaf != null) {
        LeafChanges next = leaf.next();
        leaf.giveBack();
        leaf = next;
      }
      throw e;
    }
    for (LeafChanges done : looked) {
      Pool pool = pools.find(done.pool());
      if (pool != null) {
        pool.table().unlinkIfEmpty(done.leaf());
      }
    }
    looked.clear();
  }

  /**
   * Leaves of contents come first, so that they are on the medium in few large writes before the
   * records that name them.
   */
  private LeafChanges contentsFirst(LeafChanges first) {
    LeafChanges contents = null;
    LeafChanges others = null;
    for (LeafChanges leaf = first; leaf != null; ) {
      LeafChanges next = leaf.next();
      if (hierarchy.isContents(leaf.pool())) {
        contents = leaf.before(contents);
      } else {
        others = leaf.before(others);
      }
      leaf = next;
    }
    while (contents != null) {
      LeafChanges next = contents.next();
      others = contents.before(others);
      contents = next;
    }
    return others;
  }

  private void write(LeafChanges leaf) {
    leaf.take(bits);
    Pool pool = pools.find(leaf.pool());
    if (pool == null || pool.isDestroyed()) {
      return;
    }
    for (int i = 0; i < bits.length; i++) {
      try {
        for (; bits[i] != 0; bits[i] &= bits[i] - 1) {
          batch.add(leaf, i * Long.SIZE + Long.numberOfTrailingZeros(bits[i]));
        }
      } catch (RuntimeException | Error e) {
        noteAgain(leaf.leaf(), i);
        throw e;
      }
    }
  }

  private void noteAgain(Leaf leaf, int from) {
    for (int i = from; i < bits.length; i++) {
      for (; bits[i] != 0; bits[i] &= bits[i] - 1) {
        leaf.noteChange(i * Long.SIZE + Long.numberOfTrailingZeros(bits[i]));
      }
    }
  }
}
