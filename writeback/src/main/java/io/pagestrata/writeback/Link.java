// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.monitor.Reporting;
import io.pagestrata.writeback.pipeline.BatchMemory;
import io.pagestrata.writeback.pipeline.BatchSink;
import io.pagestrata.writeback.pipeline.DeadEnd;
import io.pagestrata.writeback.pipeline.LowerSide;
import io.pagestrata.writeback.pipeline.Pipeline;
import io.pagestrata.writeback.pipeline.RingMemory;
import io.pagestrata.writeback.pipeline.TierStep;
import io.pagestrata.writeback.pipeline.Upkeep;
import io.pagestrata.writeback.reclaim.ReclaimSettings;
import io.pagestrata.writeback.reclaim.Reclaimer;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from one tier to the next: its reclaimer and, unless nothing lies below, its pipeline.
 */
final class Link {
  private final Reclaimer reclaimer;
  private final BatchSink sink;
  private final Pipeline pipeline;
  private final List<Agent> stages = new ArrayList<>();

  /** Makes the agents; what is done for the tier below counts for nothing when there is none. */
  Link(
      WritebackSettings settings,
      TierStep step,
      BatchMemory memory,
      LowerSide below,
      Recompressor recompressor,
      Reporting reporting,
      AgentTime time) {
    if (step.isLast()) {
      pipeline = null;
      sink = new DeadEnd();
    } else {
      RingMemory ring = new RingMemory(settings.ringSlots(), settings.batchBytes(), memory);
      Runnable onEnded = () -> onBatchEnded(below.upkeep());
      pipeline = new Pipeline(step, ring, below, reporting, time, onEnded);
      sink = pipeline;
      stages.add(pipeline.writer());
      stages.add(pipeline.committer());
    }
    ReclaimSettings values =
        new ReclaimSettings(
            settings.highWatermark(),
            settings.lowWatermark(),
            settings.idleAge().toNanos(),
            settings.flushInterval().toNanos());
    reclaimer = new Reclaimer(values, step, sink, reporting, time, recompressor);
  }

  private void onBatchEnded(Upkeep upkeepBelow) {
    reclaimer.signal().ring();
    // A batch takes room below and leaves dead copies there; a refused one needs cleaning.
    upkeepBelow.wake();
  }

  Reclaimer reclaimer() {
    return reclaimer;
  }

  /** Writer and committer, none when nothing lies below. */
  List<Agent> stages() {
    return stages;
  }

  /** Whether nothing can sink: nothing lies below, or it takes nothing. */
  boolean isStuck() {
    return pipeline == null || pipeline.isFailing();
  }

  long inFlightBatches() {
    return sink.inFlightBatches();
  }

  /** Ends collecting, and waiting for room below. */
  void close() {
    reclaimer.close();
    if (pipeline != null) {
      pipeline.stopWaiting();
    }
  }

  int cancelRemaining() {
    return pipeline == null ? 0 : pipeline.cancelRemaining();
  }
}
