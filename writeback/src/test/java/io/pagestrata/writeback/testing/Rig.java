// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.testing;

import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.agent.Pause;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.monitor.MonitorFeed;
import io.pagestrata.writeback.monitor.MonitorSettings;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.monitor.Reporting;
import io.pagestrata.writeback.pipeline.BatchMemory;
import io.pagestrata.writeback.pipeline.BatchSink;
import io.pagestrata.writeback.pipeline.DeadEnd;
import io.pagestrata.writeback.pipeline.LowerSide;
import io.pagestrata.writeback.pipeline.Pipeline;
import io.pagestrata.writeback.pipeline.RingMemory;
import io.pagestrata.writeback.pipeline.TierStep;
import io.pagestrata.writeback.reclaim.ReclaimSettings;
import io.pagestrata.writeback.reclaim.Reclaimer;
import io.pagestrata.writeback.upkeep.Maintainer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * All agents of one link over a fake chain, stepped by hand on one thread. Batches hold 16 fake
 * zpages, two regions.
 */
public final class Rig {
  public static final int BATCH_BYTES = 16 * FakePage.BYTES;
  public static final int BATCH_PAGES = 16;
  public static final int RING_SLOTS = 4;

  public final ManualClock clock = new ManualClock();
  public final FakeChain chain;
  public final MovementCounters counters = new MovementCounters();
  public final List<MonitorEvent> events = new ArrayList<>();
  public final Monitor monitor;
  public final TierStep step;
  public final Reporting reporting;
  public final Maintainer upkeepBelow;
  public final Pipeline pipeline;
  public final Reclaimer reclaimer;
  private boolean stagesRunInPause = true;

  /** A rig with watermarks 0.9 and 0.5 and no idle age. */
  public Rig(int limitRegions) {
    this(limitRegions, false, 0);
  }

  public Rig(int limitRegions, boolean alone, long idleAgeNanos) {
    this(limitRegions, alone, idleAgeNanos, Recompressor.NONE);
  }

  public Rig(int limitRegions, boolean alone, long idleAgeNanos, Recompressor recompressor) {
    chain = new FakeChain(clock, limitRegions * FakeUpper.REGION_BYTES, alone);
    MonitorFeed feed =
        new MonitorFeed(this::stats, () -> List.of(chain.upper.stats()), () -> 0, 4096);
    monitor =
        new Monitor(
            MonitorSettings.defaults(),
            feed,
            events::add,
            clock,
            InstantSource.fixed(Instant.EPOCH));
    upkeepBelow = new Maintainer(chain.lower, () -> {}, monitor, clock);
    step = new TierStep(chain, 0);
    reporting = new Reporting(counters, monitor, () -> 0);
    pipeline =
        alone
            ? null
            : new Pipeline(
                step,
                new RingMemory(RING_SLOTS, BATCH_BYTES, BatchMemory.ofTheJvm()),
                new LowerSide(upkeepBelow, recompressor),
                reporting,
                new AgentTime(clock, new UpkeepPause()),
                () -> {});
    BatchSink sink = alone ? new DeadEnd() : pipeline;
    ReclaimSettings settings = new ReclaimSettings(0.9, 0.5, idleAgeNanos, 10_000_000L);
    reclaimer =
        new Reclaimer(
            settings, step, sink, reporting, new AgentTime(clock, this::pause), recompressor);
  }

  /** What the collector does while it waits for a slot: the other threads go on. */
  private void pause() {
    clock.advanceNanos(100_000);
    if (stagesRunInPause) {
      pipeline.writer().doWork();
      pipeline.committer().doWork();
    }
  }

  /** What the writer does while it waits for the tier below: upkeep goes on. */
  private final class UpkeepPause implements Pause {
    @Override
    public void pause() {
      pauseAtMost(100_000);
    }

    @Override
    public void pauseAtMost(long nanos) {
      clock.advanceNanos(Math.min(nanos, 10_000_000));
      upkeepBelow.doWork();
    }
  }

  /** Makes the stages stand still while the collector waits, as when the tier below hangs. */
  public void hangStages() {
    stagesRunInPause = false;
  }

  public WritebackStats stats() {
    return MovementCounters.sum(
        List.of(counters),
        pipeline == null ? 0 : pipeline.inFlightBatches(),
        RecompressionStats.ZERO);
  }

  /** Steps an agent until it has nothing to do; answers the steps that did something. */
  public static int run(Agent agent) {
    int steps = 0;
    while (agent.doWork() > 0) {
      if (++steps > 100_000) {
        throw new AssertionError(agent.roleName() + " never comes to rest");
      }
    }
    return steps;
  }

  /** Steps writer and committer until nothing is in flight. */
  public void runStages() {
    run(pipeline.writer());
    run(pipeline.committer());
  }

  /** Steps all agents until none has anything to do at this moment of the clock. */
  public void runAll() {
    int done;
    int rounds = 0;
    do {
      done = run(reclaimer);
      if (pipeline != null) {
        done += run(pipeline.writer()) + run(pipeline.committer());
      }
      if (++rounds > 100_000) {
        throw new AssertionError("the rig never comes to rest");
      }
    } while (done > 0);
    monitor.doWork();
  }

  public List<MonitorEvent> events(EventKind kind) {
    monitor.doWork();
    return events.stream().filter(event -> event.kind() == kind).toList();
  }
}
