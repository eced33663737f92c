// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Remembers which pages a sync has found lost and said so, and puts zpages in their place that say
 * it from then on. Belongs to whoever has the turn of {@link Syncer}.
 */
final class SyncLosses {
  private final PageHierarchy hierarchy;
  private final int pageShift;
  private final ByteBuffer zpage = ByteBuffer.allocateDirect(ContentRecord.BYTES);
  private final CRC32C crc = new CRC32C();
  private Set<Loss> found = new HashSet<>();
  private Set<Loss> told = Set.of();

  /** A page whose zpage is damaged or lost, as long as it is in the same place. */
  private record Loss(Leaf leaf, int slot, long place) {}

  SyncLosses(PageHierarchy hierarchy, int pageShift) {
    this.hierarchy = hierarchy;
    this.pageShift = pageShift;
  }

  void begin() {
    found = new HashSet<>();
  }

  void note(Leaf leaf, int slot, long word) {
    found.add(new Loss(leaf, slot, Entry.place(word)));
  }

  /** Says that a caller was told of what was found since the beginning, or that nothing was. */
  void told() {
    told = found;
  }

  /**
   * Puts a zpage that says that a page is lost in the place of one of which a caller was told.
   *
   * @return whether the page has another word now; false when nobody was told, there is no room, or
   *     it is a content, which pages name by its generation
   */
  boolean record(LeafChanges changes, int slot, long word) {
    Leaf leaf = changes.leaf();
    if (!told.contains(new Loss(leaf, slot, Entry.place(word)))
        || hierarchy.isContents(changes.pool())) {
      return false;
    }
    // As a put does it, after the word was read: who replaces it has a higher generation.
    long generation = hierarchy.contents().nextGeneration();
    ZpageHeader.write(
        zpage,
        0,
        changes.pool(),
        changes.object(),
        changes.firstIndex() + slot,
        generation,
        PageCodec.LOST_ID,
        0,
        pageShift,
        ContentRecord.PAYLOAD_BYTES);
    ZpageHeader.seal(zpage, 0, crc);
    UpperTier top = hierarchy.upperTier(0);
    long locator =
        top.store(zpage, 0, ContentRecord.BYTES, UpperTier.NO_BACKING, StoreIntent.RECLAIM);
    if (locator == UpperTier.NO_SPACE) {
      return false;
    }
    Tenant owner = hierarchy.ownerOf(changes.pool());
    long heldBytes = top.heldBytes(locator);
    Superseded superseded = hierarchy.superseded();
    Superseded.Change change =
        superseded.change(owner, leaf, slot, word, Entry.inTier(0, generation, locator));
    if (change != Superseded.Change.LOST) {
      owner.add(0, heldBytes);
      superseded.release(owner, leaf, slot, word, change);
    } else {
      top.free(locator);
    }
    return true;
  }
}
