// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import io.pagestrata.core.dictionary.Dictionaries;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.WriteBudgetStats;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.AgentThread;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.agent.Pause;
import io.pagestrata.writeback.agent.WatchedRun;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.monitor.MonitorFeed;
import io.pagestrata.writeback.monitor.MonitorListener;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.monitor.Reporting;
import io.pagestrata.writeback.pipeline.BatchMemory;
import io.pagestrata.writeback.pipeline.LowerSide;
import io.pagestrata.writeback.pipeline.RingMemory;
import io.pagestrata.writeback.pipeline.TierStep;
import io.pagestrata.writeback.pipeline.Upkeep;
import io.pagestrata.writeback.reclaim.Reclaimer;
import io.pagestrata.writeback.upkeep.DictionaryDuty;
import io.pagestrata.writeback.upkeep.Maintainer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Writeback between all tiers of a chain, on background threads that start with it.
 *
 * <p>Threads, all daemons: {@code pagestrata-reclaim-X}, {@code -write-X} and {@code -commit-X} for
 * each tier X that has one below it (a last tier in RAM has a reclaimer alone), {@code -maintain-X}
 * for every tier, {@code -dictionaries} where some are trained, {@code -monitor}; {@code -last}
 * while the store closes. Thread-safe.
 */
public final class TieredWriteback implements Writeback {
  /** A close that had to cancel gives the threads this long to end. */
  private static final long LAST_GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A request stands still for at least this long before it is given up. */
  private static final long LEAST_REQUEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final WritebackSettings settings;
  private final Hierarchy hierarchy;
  private final BatchMemory memory;
  private final List<Recompressor> recompressors;
  private final Pause pause = Pause.SHORT;
  private final LongSupplier nanoClock;
  private final ThreadFactory threads;
  private final Monitor monitor;
  private final List<MovementCounters> counters = new ArrayList<>();
  private final Link[] links;
  private final List<Maintainer> upkeep = new ArrayList<>();
  private final List<AgentThread> reclaimThreads = new ArrayList<>();
  private final List<AgentThread> stageThreads = new ArrayList<>();
  private final List<AgentThread> upkeepThreads = new ArrayList<>();
  private final AgentThread monitorThread;
  private final Object closeLock = new Object();
  private volatile boolean closed;

  /**
   * Starts writeback with the system's clock, plain threads, batches in memory of the JVM, no
   * listener and no view of what the store counts.
   *
   * @param settings watermarks, sizes, times
   * @param hierarchy the tiers and the page table's decisions
   */
  public TieredWriteback(WritebackSettings settings, Hierarchy hierarchy) {
    this(
        settings,
        hierarchy,
        BatchMemory.ofTheJvm(),
        Density.asItIs(hierarchy),
        MonitorEnds.NONE,
        System::nanoTime,
        Thread::new);
  }

  /**
   * Starts writeback.
   *
   * @param settings watermarks, sizes, times
   * @param hierarchy the tiers and the page table's decisions
   * @param memory makes the buffers of batches; closed when writeback is, unless a thread hangs
   * @param density makes zpages denser; its recompressors are closed with the buffers
   * @param ends what the monitor log says of the store, and who hears it
   * @param nanoClock the clock that the tiers use too
   * @param threads makes the threads; names and daemon flags are set here
   */
  public TieredWriteback(
      WritebackSettings settings,
      Hierarchy hierarchy,
      BatchMemory memory,
      Density density,
      MonitorEnds ends,
      LongSupplier nanoClock,
      ThreadFactory threads) {
    this.settings = settings;
    this.hierarchy = hierarchy;
    this.memory = memory;
    recompressors = density.recompressors();
    this.nanoClock = nanoClock;
    this.threads = threads;
    int tiers = hierarchy.tierCount();
    // A last tier in RAM has a link too: ephemeral pages can leave it without a tier below.
    boolean lastIsUpper = hierarchy.tier(tiers - 1) instanceof UpperTier;
    links = new Link[lastIsUpper ? tiers : tiers - 1];
    for (int i = 0; i < links.length; i++) {
      counters.add(new MovementCounters());
    }
    MonitorListener listener = ends.listener();
    monitor =
        new Monitor(settings.monitor(), feed(ends), listener, nanoClock, InstantSource.system());
    for (int i = 0; i < tiers; i++) {
      Runnable tidy = i == 0 ? hierarchy::tidy : () -> {};
      upkeep.add(new Maintainer(hierarchy.tier(i), tidy, monitor, nanoClock));
    }
    try {
      for (int i = links.length - 1; i >= 0; i--) {
        links[i] = link(i, ends.stalls());
      }
    } catch (RuntimeException | Error e) {
      giveBack();
      throw e;
    }
    makeThreads(density.dictionaries());
    monitorThread = thread(monitor);
    try {
      allThreads().forEach(AgentThread::start);
    } catch (RuntimeException | Error e) {
      // Nobody gets this object to close it, and tiers are closed next.
      close();
      endLog();
      throw e;
    }
  }

  private MonitorFeed feed(MonitorEnds ends) {
    return new MonitorFeed(
        this::stats,
        this::tierStats,
        ends.stalls(),
        hierarchy.pageBytes(),
        this::budgets,
        hierarchy::tenants,
        hierarchy::deduplication,
        hierarchy.upperTier(0).eviction()::keptShare,
        hierarchy::dropped,
        hierarchy::syncs,
        hierarchy::takeLongestSyncNanos,
        ends.store());
  }

  /** Made from the bottom up, since what makes room in a tier is the link that leaves it. */
  private Link link(int tier, LongSupplier stalls) {
    TierStep step = new TierStep(hierarchy, tier);
    return new Link(
        settings,
        step,
        memory,
        lowerSide(step),
        recompressors.get(tier),
        new Reporting(counters.get(tier), monitor, stalls),
        new AgentTime(nanoClock, pause));
  }

  private LowerSide lowerSide(TierStep step) {
    if (step.isLast()) {
      return new LowerSide(upkeep.get(step.tier()), Recompressor.NONE);
    }
    int next = step.tier() + 1;
    int safe = hierarchy.safeTierBelow(step.tier());
    Upkeep makesRoom =
        safe < links.length
            ? new RelievedTier(upkeep.get(safe), links[safe], counters.get(safe))
            : upkeep.get(safe);
    // The copies in a mirrored tier are those of its mirror, so they are as dense.
    boolean mirrored = step.lower() instanceof RevocableTier revocable && revocable.isMirrored();
    return new LowerSide(makesRoom, recompressors.get(mirrored ? safe : next));
  }

  private void makeThreads(Dictionaries dictionaries) {
    for (Link link : links) {
      reclaimThreads.add(thread(link.reclaimer()));
      link.stages().forEach(stage -> stageThreads.add(thread(stage)));
    }
    upkeep.forEach(agent -> upkeepThreads.add(thread(agent)));
    if (dictionaries.isActive()) {
      upkeepThreads.add(thread(new DictionaryDuty(dictionaries, monitor)));
    }
  }

  private AgentThread thread(Agent agent) {
    return new AgentThread(agent, threads, monitor::error);
  }

  private List<AgentThread> allThreads() {
    List<AgentThread> all = new ArrayList<>(reclaimThreads);
    all.addAll(stageThreads);
    all.addAll(upkeepThreads);
    all.add(monitorThread);
    return all;
  }

  /**
   * Memory that the rings of a chain will take.
   *
   * @param settings slots and size of batches
   * @param tiers tiers in the chain
   * @return bytes
   */
  public static long bufferBytes(WritebackSettings settings, int tiers) {
    return (tiers - 1) * RingMemory.bytes(settings.ringSlots(), settings.batchBytes());
  }

  @Override
  public void wake() {
    for (Link link : links) {
      link.reclaimer().signal().ring();
    }
    if (links.length == upkeep.size()) {
      // A last tier in RAM is relieved by its upkeep alone when none of its pages can leave.
      upkeep.get(links.length - 1).wake();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Gives up when nothing moved on the way down for {@code closeWait}, or for 2 s when that is
   * less: a tier below that hangs must not hang the caller.
   */
  @Override
  public long writeBack(WritebackRequest request) throws InterruptedException {
    if (request.tier() < 0 || request.tier() >= links.length) {
      throw new IllegalArgumentException("no tier below tier " + request.tier());
    }
    MovementCounters movements = counters.get(request.tier());
    Reclaimer reclaimer = links[request.tier()].reclaimer();
    long leftBefore = movements.leftPages();
    long patienceNanos = Math.max(settings.closeWait().toNanos(), LEAST_REQUEST_WAIT_NANOS);
    Future<Long> leftPages = reclaimer.submit(request);
    try {
      while (true) {
        WritebackStats before = movements.snapshot();
        try {
          return leftPages.get(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          if (before.equals(movements.snapshot())) {
            reclaimer.withdraw(leftPages);
            return movements.leftPages() - leftBefore;
          }
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public WritebackStats stats() {
    long inFlight = 0;
    for (Link link : links) {
      inFlight += link.inFlightBatches();
    }
    RecompressionStats recompression =
        recompressors.stream()
            .map(Recompressor::stats)
            .reduce(RecompressionStats.ZERO, RecompressionStats::plus);
    return MovementCounters.sum(counters, inFlight, recompression);
  }

  private List<TierStats> tierStats() {
    List<TierStats> stats = new ArrayList<>();
    for (int i = 0; i < hierarchy.tierCount(); i++) {
      stats.add(hierarchy.tier(i).stats());
    }
    return stats;
  }

  private List<WriteBudgetStats> budgets() {
    List<WriteBudgetStats> budgets = new ArrayList<>();
    for (int i = 0; i < hierarchy.tierCount(); i++) {
      WriteBudget budget = hierarchy.tier(i).writeBudget();
      if (budget.isLimited()) {
        budgets.add(budget.stats());
      }
    }
    return budgets;
  }

  /**
   * State as operators see it.
   *
   * @return the state
   */
  public WritebackState state() {
    if (closed) {
      return WritebackState.CLOSED;
    }
    return monitor.hasFailed() ? WritebackState.FAILED : WritebackState.RUNNING;
  }

  /**
   * Stops collecting, lets batches in flight end for {@code closeWait} at most, cancels the rest,
   * and ends the threads. Buffers are given back unless a thread hangs. A second caller waits for
   * the first.
   */
  @Override
  public void close() {
    synchronized (closeLock) {
      if (!closed) {
        long deadline = System.nanoTime() + settings.closeWait().toNanos();
        for (Link link : links) {
          link.close();
        }
        stopAll(upkeepThreads);
        stopAll(reclaimThreads);
        joinAll(reclaimThreads, deadline);
        while (stats().queueDepth() > 0 && System.nanoTime() - deadline < 0) {
          pause.pause();
        }
        endStages();
        joinAll(upkeepThreads, Math.max(deadline, System.nanoTime() + LAST_GRACE_NANOS));
        closed = true;
      }
      if (hasEnded()) {
        giveBack();
      }
    }
  }

  /** {@inheritDoc} The monitor log tells of them, too, and then ends. */
  @Override
  public boolean runLast(Runnable steps, LongSupplier progress, Duration patience) {
    try {
      return runWatched(steps, progress, patience);
    } finally {
      endLog();
    }
  }

  private boolean runWatched(Runnable steps, LongSupplier progress, Duration patience) {
    WatchedRun run;
    try {
      run = new WatchedRun("pagestrata-last", steps, progress, threads, nanoClock);
    } catch (OutOfMemoryError e) {
      // There is no thread to be had, and what is lost otherwise matters more than the bound.
      steps.run();
      return true;
    }
    return run.await(patience);
  }

  private void endLog() {
    monitorThread.stop();
    monitorThread.join(LAST_GRACE_NANOS);
  }

  private void giveBack() {
    memory.close();
    recompressors.forEach(Recompressor::close);
  }

  /** The monitor may hang in the log, but touches no tier's memory. */
  @Override
  public boolean hasEnded() {
    return Stream.of(reclaimThreads, stageThreads, upkeepThreads)
        .flatMap(List::stream)
        .noneMatch(AgentThread::isAlive);
  }

  private void endStages() {
    boolean hangs = stats().queueDepth() > 0;
    stopAll(stageThreads);
    if (hangs) {
      // A tier that waits interruptibly may wake up from this; segment files do not: they keep an
      // interrupt for later, since it would close the file under its readers. Cancelled in any
      // case.
      stageThreads.forEach(AgentThread::interrupt);
    }
    int cancelled = 0;
    for (Link link : links) {
      cancelled += link.cancelRemaining();
      link.reclaimer().endRuns();
    }
    joinAll(stageThreads, System.nanoTime() + LAST_GRACE_NANOS);
    monitor.endWith(new MonitorEvent(EventKind.CLOSED).with(Field.CANCELLED, cancelled));
  }

  private static void stopAll(List<AgentThread> threads) {
    threads.forEach(AgentThread::stop);
  }

  private static void joinAll(List<AgentThread> threads, long deadlineNanos) {
    for (AgentThread thread : threads) {
      thread.join(deadlineNanos - System.nanoTime());
    }
  }
}
