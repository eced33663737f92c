// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.Accesses;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.nio.ByteBuffer;

/**
 * The entry that is about to name another page: found, with its leaf made where there is none, then
 * replaced by one compare-and-set. Belongs to a lane.
 *
 * <p>Whoever loses the compare-and-set begins again with {@link #find} and, since the word is
 * another one, with a new generation: it must be above that of the word it replaces.
 */
final class PutEntry {
  /** How storing a zpage ended. */
  enum Result {
    /** The entry names it. */
    NAMED,
    /** The entry is another word than the one found; the zpage is gone. */
    CHANGED,
    /** The top tier has no room. */
    NO_SPACE
  }

  private final PageHierarchy hierarchy;
  private final UpperTier top;
  private final Accesses accesses;
  private Pool pool;
  private long object;
  private int index;
  private Leaf leaf;
  private int slot;
  private long found;

  PutEntry(PageHierarchy hierarchy) {
    this.hierarchy = hierarchy;
    top = hierarchy.top();
    accesses = top.eviction().accesses();
  }

  /** Reads the entry of a page; false when there is no memory for its leaf. */
  boolean find(Pool ofPool, long ofObject, int ofIndex) {
    pool = ofPool;
    object = ofObject;
    index = ofIndex;
    slot = Leaf.slot(ofIndex);
    while (true) {
      leaf = ofPool.table().findOrMake(ofObject, ofIndex);
      if (leaf == null) {
        return false;
      }
      found = leaf.get(slot);
      if (Entry.kind(found) != Entry.KIND_RETIRED) {
        return true;
      }
      // Its leaf is being unlinked; another one can be made in a moment.
      Thread.onSpinWait();
    }
  }

  /** The leaf of the page. */
  Leaf leaf() {
    return leaf;
  }

  /** The word that was found. */
  long found() {
    return found;
  }

  /** Replaces the word that was found, and frees what it named; false when it changed. */
  boolean replace(long word) {
    return hierarchy.superseded().replace(pool.tenant(), leaf, slot, found, word);
  }

  /** Stores a sealed zpage in the top tier, and lets the entry name it. */
  Result store(ByteBuffer zpage, int bytes, long generation) {
    long locator = top.store(zpage, 0, bytes, UpperTier.NO_BACKING, StoreIntent.PUT);
    if (locator == UpperTier.NO_SPACE) {
      return Result.NO_SPACE;
    }
    // Asked before others can see the zpage, and free it.
    long heldBytes = top.heldBytes(locator);
    Superseded superseded = hierarchy.superseded();
    long word = Entry.inTier(0, generation, locator);
    Superseded.Change change = superseded.change(pool.tenant(), leaf, slot, found, word);
    if (change == Superseded.Change.LOST) {
      top.free(locator);
      return Result.CHANGED;
    }
    pool.tenant().add(0, heldBytes);
    leaf.noteUse(slot);
    accesses.onPut(pool.id(), object, index);
    superseded.release(pool.tenant(), leaf, slot, found, change);
    return Result.NAMED;
  }
}
