// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.monitor.Reporting;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Carries batches from one tier to the next through a ring of preallocated buffers.
 *
 * <pre>
 *   collector --claim, publish--> [ slot | slot | ... ] --writer: lower.store--> --committer: commit
 *       ^                                                                          or cancel, settle
 *       '------------------------------ slot free again ---------------------------------'
 * </pre>
 *
 * <p>A full ring is the back-pressure: the collector waits, so puts wait, boundedly. Two agents,
 * one to write and one to commit, so that the next batch is on its way to the medium while the
 * entries of this one change. Thread-safe as {@link BatchSink} says.
 */
public final class Pipeline implements BatchSink {
  /** Batches start at a multiple of this, for direct I/O. */
  public static final int BUFFER_ALIGNMENT = 4096;

  private final RingBuffer<BatchSlot> ring;
  private final EventPoller<BatchSlot> committerPoller;
  private final BatchCommitter batchCommitter;
  private final BatchReport report;
  private final MovementCounters counters;
  private final LongSupplier nanoClock;
  private final BatchWriter batchWriter;
  private final Stage writer;
  private final Stage committer;
  private final AtomicLong publishedBytes = new AtomicLong();
  private final AtomicLong endedBytes = new AtomicLong();
  private long claimedSequence = -1;
  private long publishedSequence = -1;

  /**
   * Allocates the ring.
   *
   * @param step the tier to relieve; there is one below it
   * @param memory the batches of the ring
   * @param below makes room in the tier that must take what leaves, and zpages denser for it
   * @param reporting takes what happens
   * @param time the clock, and the wait for room below
   * @param onEnded run by the committing thread after each batch
   */
  public Pipeline(
      TierStep step,
      RingMemory memory,
      LowerSide below,
      Reporting reporting,
      AgentTime time,
      Runnable onEnded) {
    counters = reporting.counters();
    nanoClock = time.nanoClock();
    String from = step.upper().name();
    int pageBytes = step.hierarchy().pageBytes();
    // Nobody ever waits in the ring: stages sleep on their own signals (docs/decisions/0010), so
    // this strategy's empty signal is all that matters.
    ring =
        RingBuffer.createSingleProducer(
            () -> memory.newSlot(pageBytes), memory.slots(), new YieldingWaitStrategy());
    report = new BatchReport(step, reporting, this::inFlightBatches, nanoClock);
    batchCommitter = new BatchCommitter(step, reporting, report);
    EventPoller<BatchSlot> writerPoller = ring.newPoller();
    committerPoller = ring.newPoller(writerPoller.getSequence());
    ring.addGatingSequences(committerPoller.getSequence());
    committer = new Stage("commit-" + from, committerPoller, this::commitOne, onEnded);
    String writerName = "write-" + from;
    Monitor monitor = reporting.monitor();
    BatchStore store =
        step.isRevocable()
            ? new RevocableStore(writerName, step, monitor)
            : new OneTierStore(step.lower());
    batchWriter = new BatchWriter(writerName, store, below, monitor, time);
    writer = new Stage(writerName, writerPoller, batchWriter, committer.signal()::ring);
  }

  private boolean commitOne(BatchSlot slot, long sequence, boolean endOfBatch) {
    long bytes = slot.publishedBytes;
    boolean more = batchCommitter.onEvent(slot, sequence, endOfBatch);
    endedBytes.addAndGet(bytes);
    return more;
  }

  /**
   * The stage that stores batches.
   *
   * @return an agent for one thread
   */
  public Agent writer() {
    return writer;
  }

  /**
   * The stage that commits batches.
   *
   * @return an agent for one thread
   */
  public Agent committer() {
    return committer;
  }

  @Override
  public boolean hasFreeSlot() {
    return ring.hasAvailableCapacity(1);
  }

  @Override
  public ZpageBatch claim() {
    claimedSequence = ring.next();
    BatchSlot slot = ring.get(claimedSequence);
    slot.reset();
    return slot.batch;
  }

  @Override
  public void publish() {
    if (publishedSequence == claimedSequence) {
      throw new IllegalStateException("no claimed batch to publish");
    }
    publishedSequence++;
    BatchSlot slot = ring.get(publishedSequence);
    slot.publishedNanos = nanoClock.getAsLong();
    slot.publishedBytes = slot.batch.bytes();
    publishedBytes.addAndGet(slot.publishedBytes);
    ring.publish(publishedSequence);
    writer.signal().ring();
  }

  @Override
  public long inFlightBatches() {
    // The consumer first: read the other way round, the difference could come out negative.
    long ended = committerPoller.getSequence().get();
    return ring.getCursor() - ended;
  }

  @Override
  public long inFlightBytes() {
    long ended = endedBytes.get();
    return publishedBytes.get() - ended;
  }

  @Override
  public long failures() {
    return counters.get(Movement.FAILED_BATCHES);
  }

  @Override
  public boolean isFailing() {
    return report.isFailing();
  }

  @Override
  public long latencyNanos() {
    return report.latencyNanos();
  }

  /** Makes a tier below that is full for the moment refuse at once from now on. Thread-safe. */
  public void stopWaiting() {
    batchWriter.stopWaiting();
  }

  /**
   * Cancels every batch that has not ended yet, for a close that cannot wait any longer. Nothing is
   * published any more; the writer may hang in the tier below and may come back later.
   *
   * @return zpages cancelled
   */
  public int cancelRemaining() {
    int cancelled = 0;
    long cursor = ring.getCursor();
    for (long i = committerPoller.getSequence().get() + 1; i <= cursor; i++) {
      BatchSlot slot = ring.get(i);
      if (slot.tryEnd()) {
        batchCommitter.cancel(slot.batch);
        batchCommitter.settle(slot.batch);
        cancelled += slot.batch.count();
      }
    }
    return cancelled;
  }
}
