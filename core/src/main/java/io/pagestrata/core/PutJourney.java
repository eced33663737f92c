// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.FillPatterns;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way of a put: same-filled check, compression, generation, room in the top tier, then one
 * compare-and-set that makes the new zpage the page and the old one dead.
 *
 * <p>A put that finds no room gives its lane back, waits at a gate and starts again; the entry is
 * untouched until the new zpage is stored. A put that is refused in the end leaves a persistent
 * page as it was and removes an ephemeral one, which is stale (hazard H5). Thread-safe.
 */
final class PutJourney {
  /** Wait when the tier below takes nothing either: time for a cleaner, not for a miracle. */
  private static final long FULL_BELOW_WAIT_NANOS = 200_000_000;

  private final StoreSettings settings;
  private final int pageBytes;
  private final PageHierarchy hierarchy;
  private final UpperTier top;
  private final Lanes lanes;
  private final FillPatterns patterns;
  private final AtomicLong generations;
  private final SpaceGate gate;
  private final Removals removals;
  private final Runnable wakeWriteback;
  private final Refusals refusals = new Refusals();
  private final boolean refusesIncompressible;
  private final Sharing sharing;
  private final CodecTable codecs;

  PutJourney(
      JourneyParts parts, CodecTable codecs, TopRoom room, Removals removals, Sharing sharing) {
    settings = parts.settings();
    pageBytes = settings.pageBytes();
    refusesIncompressible =
        settings.policies().incompressible() == IncompressiblePages.REFUSE_TO_RAM;
    hierarchy = parts.hierarchy();
    top = hierarchy.top();
    lanes = parts.lanes();
    patterns = parts.patterns();
    generations = parts.generations();
    gate = room.gate();
    wakeWriteback = room.wakeWriteback();
    this.codecs = codecs;
    this.removals = removals;
    this.sharing = sharing;
  }

  Refusals refusals() {
    return refusals;
  }

  /** Stores one page, from a buffer or, when that is not null, an array. */
  PutOutcome put(Pool pool, long object, int index, ByteBuffer page, int offset, byte[] array) {
    SpaceGate queue = gate;
    int limitedBytes = 0;
    boolean waited = false;
    long deadline = 0;
    try {
      while (true) {
        long ticket = queue.ticket();
        Lane lane = lanes.borrow();
        try {
          PutOutcome outcome = PutOutcome.REFUSED_TENANT_LIMIT;
          if (limitedBytes == 0 || admits(pool, object, index, limitedBytes)) {
            copyPage(lane, page, offset, array);
            outcome = tryPut(lane, pool, object, index);
          }
          if (outcome.isStored()) {
            return outcome;
          }
          checkExists(lane, pool, object, index);
          if (!waited) {
            deadline = System.nanoTime() + putWaitNanos(pool, outcome);
            waited = true;
          }
          if (deadline - System.nanoTime() <= 0
              || Thread.currentThread().isInterrupted()
              || isHopeless(outcome, queue, ticket)) {
            return refuse(lane, pool, object, index, outcome);
          }
          boolean limited = outcome == PutOutcome.REFUSED_TENANT_LIMIT;
          if (limited != limitedBytes > 0) {
            // Looks again before it waits in the other queue, which may have been called meanwhile.
            queue = changeQueue(pool.tenant(), limited);
            limitedBytes = limited ? lane.refusedBytes : 0;
            continue;
          }
        } finally {
          lanes.giveBack(lane);
        }
        wakeWriteback.run();
        // Without a lane, so that waiting puts never keep gets out.
        awaitSpace(queue, ticket, deadline);
      }
    } finally {
      if (limitedBytes > 0) {
        pool.tenant().endWait();
      }
    }
  }

  /**
   * Copies the page once and first: what is then checked, compressed or kept as it is cannot
   * change, whatever the caller does to its buffer (hazard H12).
   */
  private void copyPage(Lane lane, ByteBuffer page, int offset, byte[] array) {
    if (array != null) {
      lane.page.put(0, array, offset, pageBytes);
    } else {
      lane.page.put(0, page, offset, pageBytes);
    }
  }

  /** Where to wait from now on: for pages of the tenant, which is told, or for room. */
  private SpaceGate changeQueue(Tenant tenant, boolean limited) {
    if (limited) {
      tenant.beginWait();
      return tenant.gate();
    }
    tenant.endWait();
    return gate;
  }

  /** Whether the tenant may have a zpage of this size in place of what the page is now. */
  private boolean admits(Pool pool, long object, int index, int bytes) {
    Leaf leaf = pool.table().find(object, index);
    return admits(pool.tenant(), leaf == null ? 0 : leaf.get(Leaf.slot(index)), bytes);
  }

  /** Stores one page if that can be done without waiting; otherwise nothing has changed. */
  boolean putNow(Pool pool, long object, int index, ByteBuffer page, int offset) {
    Lane lane = lanes.tryBorrow();
    if (lane == null) {
      return false;
    }
    try {
      lane.page.put(0, page, offset, pageBytes);
      boolean stored = tryPut(lane, pool, object, index).isStored();
      if (!stored) {
        checkExists(lane, pool, object, index);
      }
      return stored;
    } finally {
      lanes.giveBack(lane);
    }
  }

  private PutOutcome tryPut(Lane lane, Pool pool, long object, int index) {
    if (SameFilled.is(lane.page, 0, pageBytes)) {
      return putFilled(lane, pool, object, index);
    }
    boolean mayShare = sharing.covers(pool);
    if (mayShare && putShared(lane, pool, object, index)) {
      return PutOutcome.STORED;
    }
    int storedBytes = lane.compress(codecs.ofPuts(), pool.id());
    PutOutcome outcome = putZpage(lane, pool, object, index, storedBytes, false);
    if (mayShare && outcome.isStored()) {
      sharing.saw(lane, pool, object, index);
    }
    return outcome;
  }

  /** Puts a page that is one word repeated: into its entry, if that has room for the word. */
  private PutOutcome putFilled(Lane lane, Pool pool, long object, int index) {
    // A page that survives needs a zpage, which can be written down.
    if (pool.survives()) {
      return putZpage(lane, pool, object, index, lane.compressFilled(), true);
    }
    long pattern = patterns.encode(SameFilled.word(lane.page, 0));
    if (pattern == FillPatterns.NOT_ENCODABLE) {
      int storedBytes = lane.compress(codecs.ofPuts(), pool.id());
      return putZpage(lane, pool, object, index, storedBytes, false);
    }
    PutEntry entry = lane.entry;
    while (entry.find(pool, object, index)) {
      if (entry.replace(Entry.filled(generations.incrementAndGet(), pattern))) {
        countPut(lane, pool.tenant(), entry.found(), true, 0);
        checkExists(lane, pool, object, index);
        return PutOutcome.STORED;
      }
    }
    return PutOutcome.REFUSED_TABLE_FULL;
  }

  /** Puts the zpage in the lane, whose header is still to be written. */
  private PutOutcome putZpage(
      Lane lane, Pool pool, long object, int index, int storedBytes, boolean filled) {
    if (storedBytes == pageBytes && refusesIncompressible) {
      return PutOutcome.REFUSED_INCOMPRESSIBLE;
    }
    int bytes = ZpageHeader.BYTES + storedBytes;
    PutEntry entry = lane.entry;
    while (entry.find(pool, object, index)) {
      if (!admits(pool.tenant(), entry.found(), bytes)) {
        lane.refusedBytes = bytes;
        return PutOutcome.REFUSED_TENANT_LIMIT;
      }
      // Taken after the old word was read: who replaces a word has a higher generation than it.
      long generation = generations.incrementAndGet();
      lane.seal(pool, object, index, generation, 0, storedBytes);
      switch (entry.store(lane.zpage, bytes, generation)) {
        case NAMED:
          countPut(lane, pool.tenant(), entry.found(), filled, storedBytes);
          checkExists(lane, pool, object, index);
          return PutOutcome.STORED;
        case NO_SPACE:
          return PutOutcome.REFUSED_FULL;
        default:
          // Somebody else changed the page: this put replaces that word.
      }
    }
    return PutOutcome.REFUSED_TABLE_FULL;
  }

  /** Makes the entry name a content that is the same page, if one is known or can be made. */
  private boolean putShared(Lane lane, Pool pool, long object, int index) {
    long content = sharing.find(lane, codecs.ofPuts(), pool, object, index);
    if (content == Contents.NONE) {
      return false;
    }
    PutEntry entry = lane.entry;
    while (entry.find(pool, object, index) && sharing.mayName(entry.leaf())) {
      if (entry.replace(Entry.shared(generations.incrementAndGet(), content))) {
        countPresent(lane, pool.tenant(), entry.found());
        sharing.shared(lane, pool, object, index);
        checkExists(lane, pool, object, index);
        return true;
      }
    }
    // The reference that the entry would have held.
    hierarchy.contents().drop(hierarchy, content);
    return false;
  }

  /** Whether the tenant may have a zpage of this size in place of what the entry names. */
  private boolean admits(Tenant tenant, long old, int bytes) {
    if (!tenant.limits.isLimited()) {
      return true;
    }
    int tier = Entry.tier(old);
    long oldBytes = tier < 0 ? 0 : hierarchy.tier(tier).heldBytes(Entry.locator(old));
    boolean admitted = tenant.admits(bytes - (tier == 0 ? oldBytes : 0), bytes - oldBytes);
    if (!admitted || tenant.isPastMark()) {
      wakeWriteback.run();
    }
    return admitted;
  }

  /** Cleans up what this put may have linked behind the walk of the pool's destruction. */
  private void checkExists(Lane lane, Pool pool, long object, int index) {
    if (pool.isDestroyed()) {
      removals.removeLeaf(lane, pool, object, index);
      throw new PoolDestroyedException(pool);
    }
  }

  private void countPut(Lane lane, Tenant tenant, long old, boolean filled, int storedBytes) {
    countPresent(lane, tenant, old);
    if (filled) {
      lane.count(Counter.PUTS_SAME_FILLED);
    } else {
      lane.count(Counter.RAW_BYTES_PUT, pageBytes);
      lane.count(Counter.PAYLOAD_BYTES_PUT, storedBytes);
      if (storedBytes == pageBytes) {
        lane.count(Counter.PUTS_INCOMPRESSIBLE);
        tenant.putsIncompressible.increment();
      }
    }
  }

  private static void countPresent(Lane lane, Tenant tenant, long old) {
    lane.count(Counter.PUTS);
    tenant.puts.increment();
    if (!Entry.isPresent(old)) {
      lane.count(Counter.PAGES);
      tenant.pages.increment();
    }
  }

  private PutOutcome refuse(Lane lane, Pool pool, long object, int index, PutOutcome cause) {
    PutOutcome outcome = refusals.count(cause, hierarchy);
    pool.tenant().putsRefused.increment();
    removals.removeStale(lane, pool, object, index);
    return outcome;
  }

  /**
   * Whether nobody makes room: nothing lies below the only tier, and nothing dead is left in it. It
   * is asked before the ticket is compared, so that room made in between is not missed.
   */
  private boolean isHopeless(PutOutcome outcome, SpaceGate queue, long ticket) {
    return hierarchy.tierCount() == 1
        && outcome != PutOutcome.REFUSED_TENANT_LIMIT
        && !top.isMakingRoom()
        && queue.ticket() == ticket;
  }

  /** Waiting helps only where somebody can make room: a full tier is relieved by one below it. */
  private long putWaitNanos(Pool pool, PutOutcome outcome) {
    long wait = settings.putWait().toNanos();
    if (outcome == PutOutcome.REFUSED_INCOMPRESSIBLE) {
      return 0;
    }
    if (outcome == PutOutcome.REFUSED_TENANT_LIMIT && !pool.tenant().mayEnter(1)) {
      return Math.min(wait, FULL_BELOW_WAIT_NANOS);
    }
    if (hierarchy.tierCount() == 1) {
      return wait;
    }
    for (int i = hierarchy.safeTierBelow(0);
        i < hierarchy.tierCount();
        i = hierarchy.safeTierBelow(i)) {
      TierState state = hierarchy.tier(i).stats().state();
      if (state != TierState.FULL) {
        return state == TierState.OPEN ? wait : Math.min(wait, FULL_BELOW_WAIT_NANOS);
      }
    }
    return Math.min(wait, FULL_BELOW_WAIT_NANOS);
  }

  private static void awaitSpace(SpaceGate queue, long ticket, long deadline) {
    try {
      queue.await(ticket, deadline);
    } catch (InterruptedException e) {
      // An interrupted put is refused after one more try, with its interrupt kept for the caller.
      Thread.currentThread().interrupt();
    }
  }
}
