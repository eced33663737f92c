// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.dictionary.Dictionaries;
import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.table.AccessClock;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.FillPatterns;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.Tier;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/** The parts of one store, connected with each other. */
final class StoreWiring {
  /** A disk may take so long for one force, and what the last sync does not write is lost. */
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(30);

  final AtomicReference<StoreState> state = new AtomicReference<>(StoreState.OPEN);
  final CodecTable codecs;
  final Tenants tenants;
  final Pools pools;
  final PageHierarchy hierarchy;
  final Lanes lanes;
  final PutJourney puts;
  final GetJourney gets;
  final Removals removals;
  final Writeback writeback;
  final Dictionaries dictionaries;
  private final StoreSettings settings;
  private final MemoryBudget budget;
  private final MemoryBudget tableBudget;
  private final AtomicLong generations = new AtomicLong();
  private final SpaceGate gate = new SpaceGate();

  /** Null in a volatile store. */
  private final Syncer syncer;

  StoreWiring(
      PageStore store,
      StoreSettings settings,
      List<Tier> tiers,
      MemoryBudget budget,
      CodecTable codecs,
      PromotionPolicy promotion,
      Function<Hierarchy, Writeback> writeback) {
    if (tiers.isEmpty() || tiers.size() > Entry.MAX_TIERS) {
      throw new IllegalArgumentException(
          "a chain has 1 to " + Entry.MAX_TIERS + " tiers, not " + tiers.size());
    }
    this.settings = settings;
    this.budget = budget;
    this.codecs = codecs;
    tableBudget = budget.part();
    FillPatterns patterns = new FillPatterns(tableBudget);
    StorePolicies policies = settings.policies();
    tenants = new Tenants(policies.tenants(), settings.pageBytes(), ramTiers(tiers));
    PageLog log = tiers.get(tiers.size() - 1).log().orElse(null);
    AccessClock clock = tiers.stream().anyMatch(ClaimRules::isExact) ? new AccessClock() : null;
    pools = new Pools(store, tableBudget, log, tenants, clock);
    Contents contents = new Contents(tableBudget, pools, generations);
    hierarchy =
        new PageHierarchy(tiers, pools, settings, promotion, tenants, contents, tableBudget);
    lanes =
        new Lanes(state, tableBudget, hierarchy, settings.verifyRam(), scratchBytes(tiers), codecs);
    AtomicReference<Writeback> mover = new AtomicReference<>(Writeback.NONE);
    AtomicReference<Syncer> lateSyncer = new AtomicReference<>();
    TopRoom room = new TopRoom(gate, () -> mover.get().wake());
    attach(tiers, room, lateSyncer::get);
    hierarchy.promotions().hearAccesses(budget);
    syncer = log == null ? null : new Syncer(hierarchy, log, pools.changes(), pools);
    lateSyncer.set(syncer);
    if (log != null) {
      generations.set(Recovery.run(log, pools, hierarchy, lanes, tableBudget));
    }
    if (policies.deduplication() != Deduplication.OFF) {
      pools.makeContents();
    }
    Sharing sharing = new Sharing(settings, hierarchy, pools, generations, tableBudget);
    dictionaries = codecs.dictionaries();
    attachDictionaries(log == null ? DictionaryLog.NONE : log.dictionaries());
    removals = new Removals(hierarchy, generations);
    JourneyParts parts = new JourneyParts(settings, hierarchy, lanes, patterns, generations);
    puts = new PutJourney(parts, codecs, room, removals, sharing);
    gets = new GetJourney(parts);
    this.writeback = writeback.apply(hierarchy);
    mover.set(this.writeback);
  }

  /** Tiers from the top on that show their own memory, so that a read needs no scratch. */
  private static int ramTiers(List<Tier> tiers) {
    int ram = 0;
    while (ram < tiers.size() && tiers.get(ram).scratchBytes() == 0) {
      ram++;
    }
    return ram;
  }

  /** Room for what a tier that shows no memory of its own reads. */
  private static int scratchBytes(List<Tier> tiers) {
    return tiers.stream().mapToInt(Tier::scratchBytes).max().orElseThrow();
  }

  private void attach(List<Tier> tiers, TopRoom room, Supplier<Syncer> lateSyncer) {
    for (int i = 0; i < tiers.size(); i++) {
      tiers.get(i).attach(new TierLink(hierarchy, pools, i, room, lateSyncer));
    }
  }

  private void attachDictionaries(DictionaryLog log) {
    dictionaries.watch(new DictionaryWalk(hierarchy, pools, () -> state.get() != StoreState.OPEN));
    try {
      dictionaries.attach(log);
    } catch (IOException e) {
      throw new TierFailureException("the dictionaries could not be read: " + e.getMessage(), e);
    }
  }

  /** Takes one user off a pool; the last removes its pages, and answers how many there were. */
  long destroy(Pool pool) {
    if (!leave(pool)) {
      return 0;
    }
    long removed = removals.removeAll(lanes, pool);
    pools.remove(pool);
    dictionaries.dropPool(pool.id());
    return removed;
  }

  private boolean leave(Pool pool) {
    // As every operation: close waits for it before it says that nothing changes any more.
    Lane lane = lanes.borrow();
    try {
      return pools.leave(pool);
    } finally {
      lanes.giveBack(lane);
    }
  }

  boolean isDurable() {
    return syncer != null;
  }

  void sync() {
    if (syncer != null) {
      syncer.sync();
    }
  }

  long stalls() {
    return gate.stalls() + tenants.stalls();
  }

  StoreStats stats() {
    return StatsSnapshot.of(
        lanes,
        puts.refusals(),
        gate,
        hierarchy,
        tenants,
        writeback,
        tableBudget.usedBytes(),
        budget,
        dictionaries.stats(),
        generations.get());
  }

  /** Ends every part, in bounded time, the users of a part before the part. */
  ClosingParts close() {
    gate.spaceFreed();
    tenants.wakeAll();
    boolean quiet = lanes.close(settings.closeWait().toNanos());
    ClosingParts parts = new ClosingParts();
    parts.close(writeback::close);
    boolean unused = quiet && writeback.hasEnded();
    LastSteps last =
        new LastSteps(
            hierarchy, dictionaries, syncer, settings.closeWait(), generations::get, unused);
    Duration patience =
        settings.closeWait().compareTo(LEAST_PATIENCE) > 0 ? settings.closeWait() : LEAST_PATIENCE;
    if (!writeback.runLast(last, last::progress, patience)) {
      parts.close(
          () -> {
            throw last.giveUp(patience);
          });
      return parts;
    }
    parts.close(last.parts()::throwFailure);
    if (!unused) {
      parts.close(
          () -> {
            throw new TierFailureException(
                (quiet ? "writeback was" : "operations were")
                    + " still under way "
                    + settings.closeWait().toMillis()
                    + " ms after close began; tiers stay open until the process ends, so that"
                    + " nothing reads freed memory",
                null);
          });
    }
    return parts;
  }
}
