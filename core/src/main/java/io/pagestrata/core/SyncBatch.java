// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.LostZpageException;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/**
 * Collects zpages and tombstones for a sync, stores them together, and then makes each stored copy
 * the backing of the zpage above.
 *
 * <p>A copy that cannot become the backing, because the page changed or is being written back,
 * stays on the medium as superseded, and the page is noted as changed. Belongs to whoever has the
 * turn of {@link Syncer}.
 *
 * <p>A page that cannot be read, or is lost, fails the sync when all others are on the medium. One
 * out of reach does so until it is within reach again. One that is lost does so once: the next sync
 * puts a zpage in its place that says so, which then survives like any other, so that no older
 * content comes back. See {@link SyncLosses}.
 */
final class SyncBatch implements ZpageReader {
  /** What of the changes is written. */
  enum Part {
    /** Tombstones alone. */
    REMOVALS,
    /** Those, and zpages of pages of which an older record may be on the medium. */
    SUPERSEDING,
    /** Everything. */
    EVERYTHING
  }

  private static final int LOOK_AGAIN = 0;
  private static final int SAFE = 1;
  private static final int NO_ROOM = 2;
  private static final int ADDED = 3;
  private static final int DAMAGED = 4;
  private static final int UNREACHABLE = 5;

  /** No zpage is here: the record is a tombstone. */
  static final long TOMBSTONE = -1;

  /** No zpage is here: the record says which content the page shares. */
  static final long SHARED = -2;

  private final PageHierarchy hierarchy;
  private final PageLog log;
  private final int lowest;
  private final int pageShift;
  private final ZpageBatch batch;
  private final LeafChanges[] leaves;
  private final long[] words;

  /** Records beside the words, read before them. */
  private final long[] records;

  private final ByteBuffer record = ByteBuffer.allocateDirect(ContentRecord.BYTES);
  private final ByteBuffer scratch;
  private final MemoryViews views = new MemoryViews();
  private final CRC32C crc = new CRC32C();
  private final SyncLosses losses;
  private final SyncCopies copies;

  // What read() looks for.
  private Leaf leaf;
  private int slot;
  private long word;
  private long beside;
  private long sign;
  private String why;
  private IOException unreachable;
  private Part part = Part.EVERYTHING;

  /** Whether the content of a page that is written is being added. */
  private boolean needed;

  /** Whether a content was collected that is not stored yet. */
  private boolean holdsContents;

  private long stored;

  /** Odd while a batch is stored; written by who has the turn. */
  private volatile long stores;

  SyncBatch(PageHierarchy hierarchy, PageLog log) {
    this.hierarchy = hierarchy;
    this.log = log;
    lowest = hierarchy.tierCount() - 1;
    pageShift = Integer.numberOfTrailingZeros(hierarchy.pageBytes());
    losses = new SyncLosses(hierarchy, pageShift);
    int bytes = Math.max(log.batchBytes(), 2 * hierarchy.pageBytes());
    batch = new ZpageBatch(ByteBuffer.allocateDirect(bytes), hierarchy.pageBytes());
    leaves = new LeafChanges[batch.mostZpages()];
    words = new long[batch.mostZpages()];
    records = new long[batch.mostZpages()];
    int scratchBytes = 0;
    for (int i = 1; i < lowest; i++) {
      scratchBytes = Math.max(scratchBytes, hierarchy.tier(i).scratchBytes());
    }
    scratch = ByteBuffer.allocateDirect(scratchBytes + 4096).alignedSlice(4096);
    copies = new SyncCopies(hierarchy, batch, scratch);
  }

  /**
   * Says what is written from now on; the rest is noted as changed again.
   *
   * @param byCaller whether somebody hears which pages are lost
   */
  void begin(Part next, boolean byCaller) {
    part = next;
    unreachable = null;
    losses.begin(byCaller);
    needed = false;
  }

  /**
   * Sees to it that the state of a page gets on the medium, unless it is there already.
   *
   * @return SAFE, ADDED, DAMAGED or UNREACHABLE
   */
  int add(LeafChanges changes, int pageSlot) {
    int gone = 0;
    while (true) {
      leaf = changes.leaf();
      slot = pageSlot;
      do {
        // Together: a record that comes beside the word later is of what comes later.
        beside = leaf.record(slot);
        word = leaf.get(slot);
      } while (leaf.record(slot) != beside);
      int tier = Entry.tier(word);
      boolean shared = Entry.isShared(word);
      if ((shared || tier >= 0 && tier < lowest) && isLeftOut(changes)) {
        leaf.noteChange(slot);
        return SAFE;
      }
      int result =
          tier == lowest
              ? SAFE
              : tier >= 0
                  ? addZpage(changes, tier)
                  : shared ? addShared(changes) : addRemoval(changes);
      if (result == SAFE && tier >= 0) {
        hierarchy.superseded().settle(hierarchy.ownerOf(changes.pool()), leaf, slot, beside);
      }
      if (result == SAFE || result == ADDED || result == UNREACHABLE) {
        return result;
      }
      gone += result == Tier.GONE ? 1 : 0;
      boolean lost = gone == LiveCheck.MOST_GONE;
      if (result == NO_ROOM) {
        store();
      } else if ((result == DAMAGED || lost) && leaf.get(slot) == word) {
        if (lost) {
          sign = Entry.place(word);
          why = "the tier has no zpage there";
        }
        if (!losses.settle(changes, slot, word, sign, why)) {
          return DAMAGED;
        }
        gone = 0;
      }
    }
  }

  private boolean isLeftOut(LeafChanges changes) {
    return !needed
        && (part == Part.REMOVALS || part == Part.SUPERSEDING && !changes.isRecorded(slot));
  }

  /**
   * Adds the record of a page that shares, once the content is on the medium: a record that names
   * one that is not there would take the place of an older one that is good.
   */
  private int addShared(LeafChanges changes) {
    int pageSlot = slot;
    long shared = word;
    long content = Entry.content(shared);
    Pool of = hierarchy.contents().pool(content);
    Leaf contentLeaf = of.table().find(0, Contents.slot(content));
    if (contentLeaf != null) {
      storeContents();
      needed = true;
      int result = add(contentLeaf.changes(), Leaf.slot(Contents.slot(content)));
      needed = false;
      if (result == DAMAGED || result == UNREACHABLE) {
        changes.leaf().noteChange(pageSlot);
        return SAFE;
      }
      storeContents();
    }
    leaf = changes.leaf();
    slot = pageSlot;
    word = shared;
    long contentGeneration = hierarchy.contents().generation(content);
    // The sync puts the same content again: so no put that began before has a newer generation
    // and yet comes after.
    long generation = hierarchy.contents().nextGeneration();
    if (Entry.shared(generation, content) == word) {
      generation = hierarchy.contents().nextGeneration();
    }
    ZpageHeader.write(
        record,
        0,
        changes.pool(),
        changes.object(),
        changes.firstIndex() + slot,
        generation,
        PageCodec.CONTENT_ID,
        0,
        pageShift,
        ContentRecord.PAYLOAD_BYTES);
    ContentRecord.write(record, 0, contentGeneration, of.id(), Contents.slot(content));
    ZpageHeader.seal(record, 0, crc);
    if (!batch.hasRoom(ContentRecord.BYTES)) {
      return NO_ROOM;
    }
    long renewed = Entry.shared(generation, content);
    if (!leaf.compareAndSet(slot, word, renewed)) {
      return LOOK_AGAIN;
    }
    word = renewed;
    batch.add(record, 0, ContentRecord.BYTES, SHARED);
    changes.leaf().noteRecord(slot);
    noteAdded(changes);
    return ADDED;
  }

  private void storeContents() {
    if (holdsContents) {
      store();
    }
  }

  private int addRemoval(LeafChanges changes) {
    long generation = Entry.generation(word);
    if (generation == 0
        || Entry.isPresent(word)
        || !changes.isRecorded(slot)
        || hierarchy.isContents(changes.pool())) {
      // A content that no record names is gone without a tombstone.
      return SAFE;
    }
    ZpageHeader.write(
        record,
        0,
        changes.pool(),
        changes.object(),
        changes.firstIndex() + slot,
        generation,
        0,
        ZpageHeader.FLAG_TOMBSTONE,
        pageShift,
        0);
    ZpageHeader.seal(record, 0, crc);
    if (!batch.add(record, 0, ZpageHeader.BYTES, TOMBSTONE)) {
      return NO_ROOM;
    }
    noteAdded(changes);
    return ADDED;
  }

  private int addZpage(LeafChanges changes, int tier) {
    if (hierarchy.mirrors().has(word)) {
      // The mirror was written before the entry named the copy above, which may be out of reach.
      return leaf.get(slot) == word ? SAFE : LOOK_AGAIN;
    }
    int result;
    try {
      result = hierarchy.tier(tier).read(Entry.locator(word), scratch, this);
    } catch (IOException e) {
      return noteFailure(e);
    }
    if (result == ADDED) {
      changes.leaf().noteRecord(slot);
      noteAdded(changes);
    }
    return result;
  }

  /** The others are written all the same, as with damage. */
  private int noteFailure(IOException failure) {
    if (leaf.get(slot) != word) {
      return LOOK_AGAIN;
    }
    if (failure instanceof LostZpageException) {
      sign = Entry.place(word);
      why = failure.getMessage();
      return DAMAGED;
    }
    leaf.noteChange(slot);
    unreachable = failure;
    return UNREACHABLE;
  }

  private void noteAdded(LeafChanges changes) {
    leaves[batch.count() - 1] = changes;
    words[batch.count() - 1] = word;
    records[batch.count() - 1] = beside;
    holdsContents |= hierarchy.isContents(changes.pool());
  }

  /** Copies the zpage while the tier holds its place still. */
  @Override
  public int read(ByteBuffer memory, int offset, int availableBytes) {
    long locator = Entry.locator(word);
    if (leaf.get(slot) != word) {
      return LOOK_AGAIN;
    }
    if ((word & Entry.BACKED) != 0) {
      long backing = hierarchy.upperTier(Entry.tier(word)).backing(locator);
      if (Entry.backingTier(backing) == lowest) {
        return SAFE;
      }
    }
    // A damaged record would be taken for the end of a segment.
    if (!ZpageHeader.verify(views.of(memory), offset, availableBytes, crc)) {
      sign = ZpageHeader.generation(memory, offset);
      why = "the checksum does not match";
      return DAMAGED;
    }
    int bytes = ZpageHeader.zpageBytes(memory, offset);
    return batch.add(memory, offset, bytes, locator) ? ADDED : NO_ROOM;
  }

  /** Stores what was collected last; throws when a page was damaged or out of reach. */
  void end() {
    if (batch.count() > 0) {
      store();
    }
    letGo();
    if (unreachable != null) {
      throw new TierFailureException(
          "a page could not be read: " + unreachable.getMessage(), unreachable);
    }
    String damage = losses.end(part == Part.EVERYTHING);
    if (damage != null) {
      throw new CorruptPageException(damage);
    }
  }

  /** Whether a caller is still to be told that a page is lost. */
  boolean owesALoss() {
    return losses.isOwed();
  }

  private void store() {
    stores++;
    try {
      append();
    } finally {
      stores++;
    }
    clear();
  }

  /**
   * Tells, now and later, whether the store has ended that is under way now: with it the records
   * that it supersedes are gone.
   */
  BooleanSupplier underWay() {
    long now = stores;
    return () -> (now & 1) == 0 || stores != now;
  }

  private void append() {
    TierOutcome outcome;
    try {
      outcome = log.append(batch);
    } catch (IOException e) {
      throw new TierFailureException("changes could not be written down: " + e.getMessage(), e);
    }
    if (outcome != TierOutcome.STORED) {
      throw new TierFailureException(refusal(outcome), null, outcome == TierOutcome.FULL);
    }
    stored++;
    hierarchy.syncCounters().written(batch.count(), batch.bytes());
    for (int i = 0; i < batch.count(); i++) {
      copies.settle(i, leaves[i], words[i], records[i]);
    }
  }

  /** In words for who sees nothing but this: no log, and no state of the tier. */
  private String refusal(TierOutcome outcome) {
    Tier tier = hierarchy.lowest();
    String what = "changes could not be written down: tier " + tier.name() + " answered " + outcome;
    // What is full has met no fault, or not for that.
    return outcome == TierOutcome.FULL
        ? what
        : tier.trouble().map(cause -> what + ": " + cause).orElse(what);
  }

  /** Batches stored so far. */
  long stored() {
    return stored;
  }

  /** Notes everything as changed that was collected and not stored. */
  void giveBack() {
    for (int i = 0; i < batch.count(); i++) {
      int index = ZpageHeader.index(batch.data(), batch.offset(i));
      leaves[i].leaf().noteChange(Leaf.slot(index));
    }
    clear();
    letGo();
  }

  /** What is unlinked or unmapped before the next sync must not stay in memory for this. */
  private void letGo() {
    leaf = null;
    views.clear();
  }

  private void clear() {
    Arrays.fill(leaves, 0, batch.count(), null);
    batch.clear();
    holdsContents = false;
  }
}
