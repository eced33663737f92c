// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.SalvageReport;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** What one tier of the chain may ask of the page table. Thread-safe. */
final class TierLink implements TierHost {
  private final PageHierarchy hierarchy;
  private final Pools pools;
  private final int tier;
  private final TopRoom room;
  private final Supplier<Syncer> syncer;

  TierLink(PageHierarchy hierarchy, Pools pools, int tier, TopRoom room, Supplier<Syncer> syncer) {
    this.hierarchy = hierarchy;
    this.pools = pools;
    this.tier = tier;
    this.room = room;
    this.syncer = syncer;
  }

  @Override
  public boolean isLive(ByteBuffer memory, int offset, long locator) {
    if ((ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0) {
      return hierarchy.live().isTombstoneLive(memory, offset);
    }
    return hierarchy.live().isLive(tier, memory, offset, locator);
  }

  @Override
  public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
    Pool pool = hierarchy.poolOf(memory, offset);
    Leaf leaf = PageHierarchy.leafOf(pool, memory, offset);
    if (leaf == null) {
      return false;
    }
    long fromBytes = hierarchy.tier(tier).heldBytes(from);
    long toBytes = hierarchy.tier(tier).heldBytes(to);
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    boolean moved =
        !ContentRecord.is(memory, offset) && moveNamed(leaf, slot, from, to)
            || tier == hierarchy.tierCount() - 1
                && hierarchy.superseded().move(leaf, slot, from, to);
    if (moved) {
      pool.tenant().moved(tier, fromBytes, toBytes);
    }
    return moved;
  }

  private boolean moveNamed(Leaf leaf, int slot, long from, long to) {
    while (true) {
      long word = leaf.get(slot);
      // A shadow's place is what its commit compares; moving it would waste the write in flight.
      if (!Entry.isAt(word, tier, from)) {
        return hierarchy.mirrors().relocate(leaf, slot, tier, from, to);
      }
      if ((word & Entry.SHADOW) != 0) {
        return false;
      }
      if (leaf.compareAndSet(slot, word, Entry.movedTo(word, to))) {
        return true;
      }
    }
  }

  @Override
  public boolean fallBackToMirror(ByteBuffer memory, int offset, long locator) {
    Pool pool = hierarchy.poolOf(memory, offset);
    Leaf leaf = PageHierarchy.leafOf(pool, memory, offset);
    if (leaf == null) {
      return false;
    }
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    // A page that rests above gives its copy here up in any case.
    while (hierarchy.live().isLive(tier, memory, offset, locator)) {
      long word = leaf.get(slot);
      if (Entry.isAt(word, tier, locator)) {
        if (!hierarchy.mirrors().has(word)) {
          return false;
        }
        if (hierarchy.fallBackToMirror(pool.tenant(), leaf, slot, word)) {
          return true;
        }
      }
    }
    return true;
  }

  @Override
  public void salvage(LongPredicate damaged, SalvageReport report) {
    new Salvage(hierarchy, tier, damaged, report).run(pools);
  }

  @Override
  public void underPressure() {
    room.wakeWriteback().run();
  }

  @Override
  public void spaceFreed() {
    if (tier == 0) {
      room.gate().spaceFreed();
    } else {
      room.wakeWriteback().run();
    }
  }

  @Override
  public BooleanSupplier writesUnderWay() {
    BooleanSupplier writes = hierarchy.writes().underWay();
    Syncer syncs = syncer.get();
    if (syncs == null) {
      return writes;
    }
    BooleanSupplier store = syncs.storeUnderWay();
    return () -> writes.getAsBoolean() && store.getAsBoolean();
  }

  @Override
  public long supersededBytes() {
    return hierarchy.superseded().keptBytes();
  }

  @Override
  public boolean sync() throws IOException {
    try {
      return syncer.get().syncUnheard();
    } catch (StoreClosedException e) {
      // The close makes a last sync of its own.
      return true;
    } catch (PageStoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
