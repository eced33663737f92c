// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * What becomes of the records that a sync has stored: the backing of the zpage above, the record of
 * a page that shares, or superseded at once since the page changed. Belongs to a {@link SyncBatch}.
 */
final class SyncCopies {
  private static final int NOT_CHANGED = 0;
  private static final int CHANGED = 1;

  private final PageHierarchy hierarchy;
  private final int lowest;
  private final ZpageBatch batch;
  private final ByteBuffer scratch;

  SyncCopies(PageHierarchy hierarchy, ZpageBatch batch, ByteBuffer scratch) {
    this.hierarchy = hierarchy;
    lowest = hierarchy.tierCount() - 1;
    this.batch = batch;
    this.scratch = scratch;
  }

  /**
   * Settles what became of a record.
   *
   * @param i number of the record in the batch
   * @param changes leaf of its page
   * @param word the entry of which it was made
   * @param beside the record beside the entry then, which it supersedes
   */
  void settle(int i, LeafChanges changes, long word, long beside) {
    charge(i, changes);
    if (batch.fromLocator(i) == SyncBatch.SHARED) {
      attachRecord(i, changes);
    } else if (batch.fromLocator(i) == SyncBatch.TOMBSTONE) {
      supersede(i, changes, beside);
    } else {
      attach(i, changes, word, beside);
    }
  }

  private int slot(int i) {
    return Leaf.slot(ZpageHeader.index(batch.data(), batch.offset(i)));
  }

  /** Never refused, since all tenants wait for the same sync; reclaim has so much less left. */
  private void charge(int i, LeafChanges changes) {
    int bytes = ZpageHeader.zpageBytes(batch.data(), batch.offset(i));
    hierarchy.ownerOf(changes.pool()).limits.writeBudget().charge(bytes);
  }

  private void attach(int i, LeafChanges changes, long word, long beside) {
    Leaf of = changes.leaf();
    int at = slot(i);
    Tenant owner = hierarchy.ownerOf(changes.pool());
    long belowBytes = hierarchy.lowest().heldBytes(batch.toLocator(i));
    long now = of.get(at);
    while (Entry.place(now) == Entry.place(word) && (now & Entry.SHADOW) == 0) {
      if (attach(i, owner, of, at, now)) {
        owner.add(lowest, belowBytes);
        supersede(i, changes, beside);
        return;
      }
      long before = now;
      now = of.get(at);
      if (now == before) {
        // The place was left and taken again, by a generation with the same tag.
        break;
      }
    }
    owner.add(lowest, belowBytes);
    hierarchy.superseded().keep(owner, of, at, batch.toLocator(i));
  }

  /** What the record just stored supersedes is not needed any more. */
  private void supersede(int i, LeafChanges changes, long beside) {
    Tenant owner = hierarchy.ownerOf(changes.pool());
    hierarchy.superseded().settle(owner, changes.leaf(), slot(i), beside);
  }

  /**
   * The record belongs to the page as long as that shares this content; from then on it is what
   * something newer has to supersede, and whoever changed the page has noted that.
   */
  private void attachRecord(int i, LeafChanges of) {
    int at = slot(i);
    Tenant owner = hierarchy.ownerOf(of.pool());
    long to = batch.toLocator(i);
    owner.add(lowest, hierarchy.lowest().heldBytes(to));
    hierarchy.superseded().put(owner, of, at, Entry.record(to));
  }

  /** The zpage stays above with its backing; without room for that it is left below only. */
  private boolean attach(int i, Tenant owner, Leaf of, int at, long now) {
    UpperTier upper = hierarchy.upperTier(Entry.tier(now));
    long to = batch.toLocator(i);
    long backing = Entry.backing(lowest, to);
    if (upper instanceof RevocableTier revocable) {
      // The same place under another name, which nobody else uses while the entry names the first.
      long rebased = revocable.rebase(Entry.locator(now), backing);
      return of.compareAndSet(at, now, Entry.movedTo(now, rebased) | Entry.BACKED);
    }
    int offset = batch.offset(i);
    int bytes = ZpageHeader.zpageBytes(batch.data(), offset);
    long kept = upper.store(batch.data(), offset, bytes, backing, StoreIntent.RECLAIM);
    boolean attached;
    if (kept == UpperTier.NO_SPACE) {
      attached = replace(i, of, at, now, hierarchy.below(lowest, to));
    } else {
      long keptBytes = upper.heldBytes(kept);
      attached = replace(i, of, at, now, Entry.movedTo(now, kept) | Entry.BACKED);
      if (attached) {
        owner.add(Entry.tier(now), keptBytes);
      } else {
        upper.free(kept);
      }
    }
    if (attached) {
      hierarchy.release(owner, now);
    }
    return attached;
  }

  /**
   * Changes the word while the tier holds the place of the zpage: a place that was left and taken
   * again by another generation is told by the header.
   */
  private boolean replace(int i, Leaf of, int at, long now, long next) {
    long generation = ZpageHeader.generation(batch.data(), batch.offset(i));
    ZpageReader change =
        (memory, offset, available) ->
            of.get(at) == now
                    && ZpageHeader.generation(memory, offset) == generation
                    && of.compareAndSet(at, now, next)
                ? CHANGED
                : NOT_CHANGED;
    try {
      return hierarchy.tier(Entry.tier(now)).read(Entry.locator(now), scratch, change) == CHANGED;
    } catch (IOException e) {
      throw new UncheckedIOException("a tier above another must show its own memory", e);
    }
  }
}
