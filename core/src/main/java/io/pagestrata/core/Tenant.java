// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.WriteBudgetStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The account of one tenant: what its pages take in each tier, against its limits.
 *
 * <p>Whoever wins the compare-and-set that names a place in the page table adds its bytes, and
 * whoever takes the place out removes them, so that at rest the sums are exact. Striped adders: no
 * lock and no allocation on the way of a put. Thread-safe.
 */
final class Tenant {
  /** Reclaim of its own pages starts a sixteenth below a limit and ends an eighth below it. */
  private static final int START_SHARE = 16;

  private static final int STOP_SHARE = 8;

  final TenantLimits limits;
  final LongAdder pages = new LongAdder();
  final LongAdder puts = new LongAdder();
  final LongAdder putsIncompressible = new LongAdder();
  final LongAdder putsRefused = new LongAdder();
  private final int pageBytes;
  private final int ramTiers;
  private final SpaceGate gate = new SpaceGate();
  private final LongAdder[] bytesByTier = new LongAdder[Entry.MAX_TIERS];
  private final LongAdder incompressibleBytes = new LongAdder();
  private final AtomicLongArray shareBytes = new AtomicLongArray(Entry.MAX_TIERS);
  private final AtomicInteger waiting = new AtomicInteger();

  Tenant(TenantLimits limits, int pageBytes, int ramTiers) {
    this.limits = limits;
    this.pageBytes = pageBytes;
    this.ramTiers = ramTiers;
    for (int i = 0; i < bytesByTier.length; i++) {
      bytesByTier[i] = new LongAdder();
    }
  }

  /** Counts a place in a tier that the page table names now. */
  void add(int tier, long bytes) {
    bytesByTier[tier].add(bytes);
    if (tier == 0 && bytes > pageBytes) {
      incompressibleBytes.add(bytes);
    }
  }

  /** Counts the place that a backing names, if it names one. */
  void addBacking(long backing, long bytes) {
    if (backing != UpperTier.NO_BACKING) {
      add(Entry.backingTier(backing), bytes);
    }
  }

  /** Counts a place out that the page table no longer names. */
  void remove(int tier, long bytes) {
    bytesByTier[tier].add(-bytes);
    if (tier == 0 && bytes > pageBytes) {
      incompressibleBytes.add(-bytes);
    }
    if (waiting.get() > 0) {
      gate.spaceFreed();
    }
  }

  /** Counts a zpage that changed its place within a tier. */
  void moved(int tier, long fromBytes, long toBytes) {
    add(tier, toBytes);
    remove(tier, fromBytes);
  }

  long bytes(int tier) {
    return bytesByTier[tier].sum();
  }

  /** Bytes of zpages in the top tier that are no smaller than their pages. */
  long incompressibleBytes() {
    return incompressibleBytes.sum();
  }

  long ramBytes() {
    return sum(ramTiers);
  }

  private long totalBytes() {
    return sum(bytesByTier.length);
  }

  private long sum(int tiers) {
    long sum = 0;
    for (int i = 0; i < tiers; i++) {
      sum += bytes(i);
    }
    return sum;
  }

  /** Whether it may take so much more; what takes nothing more is always let through. */
  boolean admits(long ramBytesMore, long totalBytesMore) {
    return !limits.isLimited()
        || (ramBytesMore <= 0 || ramBytes() <= limits.ramBytes() - ramBytesMore)
            && (totalBytesMore <= 0 || totalBytes() <= limits.totalBytes() - totalBytesMore);
  }

  /** Whether a limit is so near that room should be made. */
  boolean isPastMark() {
    return limits.isLimited() && ramExcess(START_SHARE) > 0;
  }

  private long ramExcess(int share) {
    return excess(ramBytes(), limits.ramBytes(), share);
  }

  private static long excess(long used, long limit, int share) {
    return limit == TenantLimits.NO_LIMIT ? 0 : used - (limit - limit / share);
  }

  /** Bytes that should leave RAM for its limit there; 0 while there is no need. */
  long bytesToLeaveRam() {
    boolean near = ramExcess(START_SHARE) > 0 || waiting.get() > 0;
    return near ? Math.max(0, ramExcess(STOP_SHARE)) : 0;
  }

  /**
   * Bytes to give up altogether, clean and ephemeral ones, for the limit of all tiers; 0 while no
   * put waits for it.
   */
  long bytesToGiveUp() {
    long total = totalBytes();
    return waiting.get() > 0 ? Math.max(0, excess(total, limits.totalBytes(), STOP_SHARE)) : 0;
  }

  /** Whether its zpages may be in a tier. */
  boolean mayEnter(int tier) {
    return tier <= limits.lowestTier();
  }

  /** Whether its dirty zpages may go to a tier, as far as can be told in advance. */
  boolean mayLeaveFor(int tier) {
    WriteBudget budget = limits.writeBudget();
    return mayEnter(tier) && !budget.isUsedUp() && budget.pauseNanos() == 0;
  }

  /** Sets what it may keep in a tier that is short, until the next time. */
  void setShare(int tier, long bytes) {
    shareBytes.set(tier, bytes);
  }

  boolean isBelowShare(int tier) {
    return bytes(tier) < shareBytes.get(tier);
  }

  /** Where puts wait for their own pages to leave, which say so only while somebody waits. */
  SpaceGate gate() {
    return gate;
  }

  /** Says that a put waits for pages to leave; a ticket taken from now on misses none of them. */
  void beginWait() {
    waiting.incrementAndGet();
  }

  void endWait() {
    waiting.decrementAndGet();
  }

  TenantStats stats(int tiers) {
    List<Long> byTier = new ArrayList<>();
    for (int i = 0; i < tiers; i++) {
      byTier.add(bytes(i));
    }
    WriteBudgetStats written = limits.writeBudget().stats();
    return new TenantStats(
        limits.name(),
        pages.sum(),
        byTier,
        ramBytes(),
        incompressibleBytes(),
        limits.ramBytes(),
        limits.totalBytes(),
        written.bytesPerDay() == WriteBudget.NO_LIMIT ? 0 : written.usedTodayBytes(),
        written.bytesPerDay(),
        limits.weight(),
        puts.sum(),
        putsIncompressible.sum(),
        putsRefused.sum());
  }
}
