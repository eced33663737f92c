// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.ReclaimNeed;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.agent.Signal;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.monitor.Reporting;
import io.pagestrata.writeback.pipeline.BatchSink;
import io.pagestrata.writeback.pipeline.TierStep;
import io.pagestrata.writeback.reclaim.ReclaimRun.Outcome;
import io.pagestrata.writeback.reclaim.RegionWalk.Mode;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * Makes room in one tier: shows its coldest zpages the way down, region by region.
 *
 * <p>One run at a time:
 *
 * <pre>
 *   IDLE --used above the start level--------> run to the low watermark --------.
 *   IDLE --regions untouched for idleAge-----> run until none is left ----------+--> IDLE
 *   IDLE --revocable tier is shaky-----------> run until so many bytes left ----+
 *   IDLE --request---------------------------> run until so many bytes left ----'
 * </pre>
 *
 * <p>The start level is the high watermark, less what is expected to come in while one batch makes
 * its trip (at most half the way to the low watermark, so that reclaim does not flutter): puts that
 * come fast start it earlier. Bytes in flight count as gone, or reclaim would overshoot by a whole
 * ring.
 *
 * <p>When the tier below refuses or fails a batch, the next one is a single trial batch after a
 * {@link RetryDelay}; a request ends with what it reached, the other runs sift the tier once for
 * what can go without a write, then wait. The only tier of a chain is always sifted. When nothing
 * can be freed, a run ends and the next one waits 1 ms to 1 s, so that rings from waiting puts
 * cannot make it spin.
 *
 * <p>Stepped by one thread; {@link #submit}, {@link #withdraw}, {@link #close}, {@link #endRuns}
 * and the signal are for any thread.
 */
public final class Reclaimer implements Agent {
  private static final long LEAST_DOZE_NANOS = 50_000L;
  private static final long MOST_DOZE_NANOS = 2_000_000L;
  private static final long LEAST_IDLE_NANOS = 100_000L;
  private static final long MOST_IDLE_NANOS = 100_000_000L;
  private static final long BUSY_IDLE_NANOS = 1_000_000L;

  private final ReclaimSettings settings;
  private final int tier;
  private final Hierarchy hierarchy;
  private final UpperTier upper;
  private final boolean lowest;
  private final BatchSink sink;
  private final MovementCounters counters;
  private final Monitor monitor;
  private final LongSupplier nanoClock;
  private final Signal signal = new Signal();
  private final Queue<ReclaimRun> requests = new ConcurrentLinkedQueue<>();
  private final RegionWalk walk;
  private final ColdWalk coldWalk;
  private final ForceRule force = new ForceRule();
  private final RetryDelay retry;
  private final Pace pace;
  private volatile boolean closing;
  private volatile boolean ended;
  private volatile ReclaimRun run;
  private final SiftTurn sift = new SiftTurn();
  private long seenFailures;
  private final HoldOffs holdOffs = new HoldOffs();
  private boolean lastWasNeed;
  private long idleCheckNanos;
  private final HomeTurn home;

  /**
   * Makes a reclaimer that does nothing until it is stepped.
   *
   * @param settings watermarks and ages
   * @param step the tier to relieve
   * @param sink takes the batches
   * @param reporting takes what happens
   * @param time the clock, and the wait for a free slot inside a walk
   * @param recompressor makes cold zpages denser that rest in the tier
   */
  public Reclaimer(
      ReclaimSettings settings,
      TierStep step,
      BatchSink sink,
      Reporting reporting,
      AgentTime time,
      Recompressor recompressor) {
    this.settings = settings;
    this.sink = sink;
    tier = step.tier();
    hierarchy = step.hierarchy();
    upper = step.upper();
    lowest = step.isLast();
    counters = reporting.counters();
    monitor = reporting.monitor();
    nanoClock = time.nanoClock();
    walk = new RegionWalk(step, sink, reporting, time);
    retry = new RetryDelay(lowest ? upper : step.safe());
    idleCheckNanos = nanoClock.getAsLong();
    coldWalk = new ColdWalk(step, recompressor, monitor, idleCheckNanos);
    pace = new Pace(idleCheckNanos);
    home = new HomeTurn(upper instanceof RevocableTier, idleCheckNanos);
  }

  /**
   * Queues a request. Thread-safe.
   *
   * @param request what and how much; its tier is this one
   * @return pages that left the tier, when all is committed or it went no further
   */
  public CompletableFuture<Long> submit(WritebackRequest request) {
    ReclaimRun asked = ReclaimRun.of(request);
    requests.add(asked);
    signal.ring();
    if (ended && requests.remove(asked)) {
      asked.leftPages.complete(0L);
    }
    return asked.leftPages;
  }

  /**
   * Takes a request back that has not begun; one that has goes on. Thread-safe.
   *
   * @param leftPages the answer of {@link #submit}
   */
  public void withdraw(Future<Long> leftPages) {
    requests.removeIf(asked -> asked.leftPages == leftPages);
  }

  /** Ends collecting, even in the middle of a region. Thread-safe; does not wait. */
  public void close() {
    closing = true;
    walk.close();
    signal.ring();
  }

  /**
   * Ends the present run and answers every request that waits. To be called by whoever closed, once
   * nothing is stepped any more and the last batch has ended. Thread-safe.
   */
  public void endRuns() {
    ended = true;
    finish(Outcome.SHUTDOWN);
    for (ReclaimRun asked = requests.poll(); asked != null; asked = requests.poll()) {
      asked.leftPages.complete(0L);
    }
  }

  @Override
  public int doWork() {
    if (closing) {
      return walk.flush() ? 1 : 0;
    }
    long now = nanoClock.getAsLong();
    pace.observe(now, upper.usedBytes(), counters.get(Movement.LEFT_BYTES));
    observeSink(now);
    if (walk.isOlderThan(settings.flushIntervalNanos())) {
      walk.flush();
    }
    if (run == null) {
      run = nextRun(now);
      if (run == null) {
        return walk.flush() || coldWalk.step(now) ? 1 : 0;
      }
      coldWalk.end(now);
      start(now);
    }
    return step(now);
  }

  private void observeSink(long now) {
    long failures = sink.failures();
    if (failures != seenFailures) {
      seenFailures = failures;
      retry.failed(now);
      sift.onFailure(counters.get(Movement.LEFT_BYTES));
    } else if (!sink.isFailing()) {
      retry.succeeded();
      sift.reset();
    }
  }

  private ReclaimRun nextRun(long now) {
    ReclaimRun asked = requests.poll();
    if (asked != null) {
      return asked;
    }
    boolean isShort = upper.usedBytes() > startBytes();
    // In turns, or one who is always at its limit would keep all others short.
    ReclaimRun need = lastWasNeed && isShort ? null : nextNeed(now, isShort);
    lastWasNeed = need != null;
    if (need != null) {
      return need;
    }
    if (isShort && holdOffs.isOver(ReclaimRun.BY_AGE_AND_SHARE, now)) {
      return ReclaimRun.toLowWatermark();
    }
    long idleAgeNanos = settings.idleAgeNanos();
    // Looking eight times per age keeps the error below an eighth of it.
    if (idleAgeNanos > 0 && now - idleCheckNanos >= idleAgeNanos / 8) {
      idleCheckNanos = now;
      return ReclaimRun.ofIdle(idleAgeNanos);
    }
    return !retry.isTrial() && home.begins(now, pace) ? ReclaimRun.home(HomeTurn.BYTES) : null;
  }

  private ReclaimRun nextNeed(long now, boolean isShort) {
    for (ReclaimNeed need : hierarchy.needs(tier)) {
      // While the tier below gives trouble, what needs no write may go.
      ReclaimNeed met = retry.isTrial() ? need.withoutWriting() : need;
      if (holdOffs.isOver(met.aim(), now)) {
        return ReclaimRun.of(ReclaimRun.Reason.TENANT_LIMIT, met);
      }
    }
    ReclaimNeed first =
        isShort && !retry.isTrial()
            ? hierarchy.firstToGo(tier, upper.usedBytes() - lowBytes())
            : null;
    return first != null && holdOffs.isOver(first.aim(), now)
        ? ReclaimRun.of(ReclaimRun.Reason.INCOMPRESSIBLE, first)
        : null;
  }

  private long highBytes() {
    return (long) (settings.highWatermark() * upper.putLimitBytes());
  }

  private long lowBytes() {
    return (long) (settings.lowWatermark() * upper.putLimitBytes());
  }

  private long startBytes() {
    long high = highBytes();
    return high - Math.min(pace.bytesIn(sink.latencyNanos()), (high - lowBytes()) / 2);
  }

  private void start(long now) {
    run.startNanos = now;
    run.startLeftBytes = counters.get(Movement.LEFT_BYTES);
    run.startLeftPages = counters.leftPages();
    run.startFailures = sink.failures();
    force.start(run.forcesFromTheStart());
    walk.aimAt(run.aim, run.reason == ReclaimRun.Reason.REPATRIATION);
  }

  private int step(long now) {
    Outcome end = reasonToEnd();
    if (end != null) {
      return awaitInFlight(end);
    }
    if (!endsWhenRefused()) {
      if (sift.isDue()) {
        return siftWhileRefused(now);
      }
      if (retry.isBlocked(now)) {
        return walk.flush() ? 1 : 0;
      }
    }
    boolean sifts = lowest || !run.aim.mayWrite();
    if (!sifts && (retry.isTrial() && sink.inFlightBatches() > 0 || !walk.openBatch())) {
      return 0;
    }
    Mode mode = sifts ? Mode.SIFT : retry.isTrial() ? Mode.TRIAL : Mode.COLLECT;
    long room = run.mostBytes - leavingBytes();
    long pages = run.mostPages - run.claimedPages;
    long region = walk.walk(run.untouchedSinceNanos(now), isForced(), mode, room, pages);
    run.claimedPages += walk.leavingPages();
    if (region == UpperTier.NOTHING) {
      return awaitInFlight(Outcome.NOTHING_LEFT);
    }
    tellStart();
    if (region >= 0) {
      run.regions++;
      force.onRegion(
          walk.shownBytes(),
          walk.movedBytes(),
          walk.gainedBytes(),
          Math.min(upper.limitBytes(), run.heldBytes));
      if (force.isPointless(Math.min(upper.usedBytes(), run.heldBytes))) {
        return awaitInFlight(Outcome.NOTHING_FREED);
      }
    }
    if (retry.isTrial()) {
      walk.flush();
    }
    return 1;
  }

  /** Why the run shows no further region, or null when it does. */
  private Outcome reasonToEnd() {
    if (run.reason != ReclaimRun.Reason.REQUEST && !requests.isEmpty()) {
      // Under steady intake, or with trouble below, the run could outlast the patience of a caller.
      // Its batches end first: the request would take them, and their failures, for its own.
      return Outcome.PREEMPTED;
    }
    if (isMet()) {
      return Outcome.REACHED;
    }
    return endsWhenRefused() && sink.failures() != run.startFailures ? Outcome.REFUSED : null;
  }

  /** Whether a caller, or others in need, wait for the run; else it may outlast trouble below. */
  private boolean endsWhenRefused() {
    return run.reason == ReclaimRun.Reason.REQUEST || run.reason.isNeed();
  }

  /** One step through the regions: who is clean or ephemeral can go, hot or not. */
  private int siftWhileRefused(long now) {
    long since = run.untouchedSinceNanos(now);
    long region = walk.walk(since, mayForce(), Mode.SIFT, Long.MAX_VALUE, Long.MAX_VALUE);
    if (region == UpperTier.NOTHING) {
      sift.ended(counters.get(Movement.LEFT_BYTES));
      walk.release();
    }
    return 1;
  }

  private boolean isForced() {
    return force.isForced() && mayForce();
  }

  /** Age-limited runs never take what was touched. */
  private boolean mayForce() {
    return run.untouchedForNanos == 0;
  }

  private boolean isMet() {
    return run.reason == ReclaimRun.Reason.WATERMARK
        ? upper.usedBytes() - goingBytes() <= lowBytes()
        : leavingBytes() >= run.mostBytes || run.claimedPages >= run.mostPages;
  }

  /** Bytes that are still counted as used, but will not be. */
  private long goingBytes() {
    return sink.inFlightBytes() + walk.openBytes() + walk.heldFreedBytes();
  }

  /** Bytes that left since the run began, or are about to. */
  private long leavingBytes() {
    return counters.get(Movement.LEFT_BYTES)
        - run.startLeftBytes
        + sink.inFlightBytes()
        + walk.openBytes();
  }

  /** Ends the run when nothing is in flight; until then what comes back may change the answer. */
  private int awaitInFlight(Outcome outcome) {
    if (walk.flush()) {
      return 1;
    }
    if (sink.inFlightBatches() > 0) {
      return 0;
    }
    holdOff(outcome);
    finish(outcome);
    return 1;
  }

  private void holdOff(Outcome outcome) {
    boolean freedSome = counters.get(Movement.LEFT_BYTES) > run.startLeftBytes;
    holdOffs.ended(run, outcome, freedSome, nanoClock.getAsLong());
  }

  private void tellStart() {
    if (!run.told) {
      run.told = true;
      counters.add(Movement.RECLAIM_RUNS, 1);
      monitor.emit(event(EventKind.RECLAIM_START, run));
    }
  }

  private void finish(Outcome outcome) {
    ReclaimRun done = run;
    if (done == null) {
      return;
    }
    walk.release();
    if (done.told) {
      monitor.emit(
          event(EventKind.RECLAIM_STOP, done)
              .with(Field.OUTCOME, outcome.label)
              .with(Field.PAGES, counters.leftPages() - done.startLeftPages)
              .with(Field.REGIONS, done.regions)
              .with(Field.FORCED, force.isForced() ? "yes" : "no")
              .with(Field.TOOK, nanoClock.getAsLong() - done.startNanos));
    }
    run = null;
    done.leftPages.complete(counters.leftPages() - done.startLeftPages);
  }

  private MonitorEvent event(EventKind kind, ReclaimRun of) {
    return new MonitorEvent(kind)
        .with(Field.TIER, upper.name())
        .with(Field.REASON, of.reason.label)
        .with(Field.USED, upper.usedBytes())
        .with(Field.LIMIT, upper.limitBytes());
  }

  /** Hands over what was collected; the batches of the run end after this. */
  @Override
  public void onClose() {
    walk.release();
    coldWalk.end(nanoClock.getAsLong());
    walk.flush();
  }

  @Override
  public String roleName() {
    return "reclaim-" + upper.name();
  }

  @Override
  public long idleNanos() {
    if (run != null || walk.openBytes() > 0) {
      return retry.isTrial() ? RetryDelay.FIRST_NANOS : BUSY_IDLE_NANOS;
    }
    long untilStart = pace.nanosFor(startBytes() - upper.usedBytes()) / 2;
    return Math.max(LEAST_IDLE_NANOS, Math.min(untilStart, MOST_IDLE_NANOS));
  }

  @Override
  public long dozeNanos() {
    if (run != null) {
      return retry.isTrial() ? MOST_DOZE_NANOS : LEAST_DOZE_NANOS;
    }
    long untilStart = pace.nanosFor(startBytes() - upper.usedBytes()) / 4;
    return Math.max(LEAST_DOZE_NANOS, Math.min(untilStart, MOST_DOZE_NANOS));
  }

  @Override
  public Signal signal() {
    return signal;
  }
}
