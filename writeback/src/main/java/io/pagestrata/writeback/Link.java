// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.Pause;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.pipeline.BatchMemory;
import io.pagestrata.writeback.pipeline.BatchSink;
import io.pagestrata.writeback.pipeline.DeadEnd;
import io.pagestrata.writeback.pipeline.Pipeline;
import io.pagestrata.writeback.pipeline.Upkeep;
import io.pagestrata.writeback.reclaim.ReclaimSettings;
import io.pagestrata.writeback.reclaim.Reclaimer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The way from one tier to the next: its reclaimer and, unless nothing lies below, its pipeline.
 */
final class Link {
  private final Reclaimer reclaimer;
  private final BatchSink sink;
  private final Pipeline pipeline;
  private final List<Agent> stages = new ArrayList<>();

  Link(
      WritebackSettings settings,
      int tier,
      Hierarchy hierarchy,
      BatchMemory memory,
      MovementCounters counters,
      Monitor monitor,
      LongSupplier stalls,
      LongSupplier nanoClock,
      Pause pause,
      Upkeep upkeepBelow,
      Recompressor recompressorBelow,
      Recompressor recompressor) {
    if (tier + 1 < hierarchy.tierCount()) {
      pipeline =
          new Pipeline(
              tier,
              hierarchy,
              settings.ringSlots(),
              settings.batchBytes(),
              memory,
              counters,
              monitor,
              stalls,
              nanoClock,
              upkeepBelow,
              pause,
              recompressorBelow,
              () -> onBatchEnded(upkeepBelow));
      sink = pipeline;
      stages.add(pipeline.writer());
      stages.add(pipeline.committer());
    } else {
      pipeline = null;
      sink = new DeadEnd();
    }
    reclaimer =
        new Reclaimer(
            new ReclaimSettings(
                settings.highWatermark(),
                settings.lowWatermark(),
                settings.idleAge().toNanos(),
                settings.flushInterval().toNanos()),
            tier,
            hierarchy,
            sink,
            counters,
            monitor,
            nanoClock,
            pause,
            recompressor);
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
