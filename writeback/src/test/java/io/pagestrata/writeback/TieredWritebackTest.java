// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.monitor.MonitorSettings;
import io.pagestrata.writeback.pipeline.BatchMemory;
import io.pagestrata.writeback.testing.FakeChain;
import io.pagestrata.writeback.testing.FakeLower.Behaviour;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TieredWritebackTest {
  private static final Duration FOREVER = Duration.ofDays(1);
  private static final int REGION = FakeUpper.PAGES_PER_REGION;
  private static final long LIMIT_BYTES = 1000 * FakeUpper.REGION_BYTES;

  private final FakeChain chain = new FakeChain(System::nanoTime, LIMIT_BYTES, false);
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<MonitorEvent> events = new CopyOnWriteArrayList<>();

  private TieredWriteback started;
  private final CountingMemory memory = new CountingMemory();
  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch back = new CountDownLatch(1);

  /** Counts what is made and given back. */
  private static final class CountingMemory implements BatchMemory {
    private final BatchMemory made = BatchMemory.ofTheJvm();
    private volatile int buffers;
    private volatile boolean given;
    private int most = Integer.MAX_VALUE;

    @Override
    public ByteBuffer allocate(int bytes) {
      if (buffers == most) {
        throw new IllegalStateException("no memory");
      }
      buffers++;
      return made.allocate(bytes);
    }

    @Override
    public void close() {
      given = true;
    }
  }

  private static WritebackSettings settings(Duration closeWait) {
    return new WritebackSettings(
        4,
        128 << 10,
        0.9,
        0.8,
        Duration.ZERO,
        Duration.ofMillis(10),
        closeWait,
        MonitorSettings.defaults());
  }

  private TieredWriteback start(
      FakeChain hierarchy, Duration closeWait, Function<Runnable, Thread> maker) {
    started =
        new TieredWriteback(
            settings(closeWait),
            hierarchy,
            memory,
            Density.asItIs(hierarchy),
            MonitorEnds.heardBy(events::add),
            System::nanoTime,
            duty -> {
              Thread thread = maker.apply(duty);
              threads.add(thread);
              return thread;
            });
    return started;
  }

  /** The last steps of the store, after which the log ends. */
  @AfterEach
  void endLog() {
    if (started != null) {
      started.runLast(() -> {}, () -> 0, FOREVER);
    }
  }

  private TieredWriteback start() {
    return start(chain, Duration.ofSeconds(30), Thread::new);
  }

  /** Starts writeback over a full tier and waits until the tier below hangs in its first write. */
  private TieredWriteback startHanging(Behaviour hang, Duration closeWait)
      throws InterruptedException {
    chain.lower.behaviour = hang;
    TieredWriteback writeback = start(chain, closeWait, Thread::new);
    chain.putMany(0, 950 * REGION);
    writeback.wake();
    writing.await();
    return writeback;
  }

  private TierOutcome hang(ZpageBatch batch) throws InterruptedIOException {
    writing.countDown();
    try {
      back.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
    return TierOutcome.STORED;
  }

  /** A file system that hangs does not hear interrupts. */
  private TierOutcome hangDeaf(ZpageBatch batch) {
    writing.countDown();
    while (back.getCount() > 0) {
      Thread.onSpinWait();
    }
    return TierOutcome.STORED;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void assertAllThreadsEnded() {
    endLog();
    assertThat(threads).isNotEmpty();
    await(() -> threads.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void reclaimsInTheBackgroundWhenWoken() {
    try (TieredWriteback writeback = start()) {
      for (int i = 0; i < 950; i++) {
        chain.putMany((long) i * REGION, REGION);
        writeback.wake();
      }
      await(() -> chain.upper.usedBytes() <= 0.9 * LIMIT_BYTES);
      assertThat(writeback.state()).isEqualTo(WritebackState.RUNNING);
    }
    assertThat(chain.count(Place.BELOW)).isPositive();
    chain.assertClean();
    assertAllThreadsEnded();
  }

  @Test
  void givesTheMemoryOfItsBatchesBack() {
    TieredWriteback writeback = start();
    assertThat(memory.buffers).isEqualTo(settings(Duration.ZERO).ringSlots());
    assertThat(memory.given).isFalse();
    writeback.close();
    assertThat(memory.given).isTrue();
  }

  @Test
  void givesTheMemoryBackWhenThereIsNotEnough() {
    memory.most = 2;
    assertThatThrownBy(this::start).hasMessage("no memory");
    assertThat(memory.given).isTrue();
  }

  @Test
  void writesBackOnRequestAndWaits() throws InterruptedException {
    try (TieredWriteback writeback = start()) {
      chain.putMany(0, 100 * REGION);
      assertThat(writeback.writeBack(WritebackRequest.everything())).isEqualTo(100L * REGION);
      assertThat(chain.count(Place.BELOW)).isEqualTo(100 * REGION);
      assertThat(writeback.stats().demotedPages()).isEqualTo(100 * REGION);
      assertThat(writeback.stats().queueDepth()).isZero();
    }
    chain.assertClean();
  }

  @Test
  void requestGivesUpWhenTheTierBelowHangs() throws InterruptedException {
    chain.lower.behaviour = batch -> chain.lower.attempts() > 1 ? hang(batch) : TierOutcome.STORED;
    try (TieredWriteback writeback = start(chain, Duration.ZERO, Thread::new)) {
      chain.putMany(0, 100 * REGION);
      long left = writeback.writeBack(WritebackRequest.everything());
      assertThat(left).isPositive().isEqualTo(chain.count(Place.BELOW)).isLessThan(100L * REGION);
      assertThat(writeback.writeBack(WritebackRequest.everything())).isZero();
      back.countDown();
      await(() -> chain.count(Place.BELOW) == 100 * REGION);
    }
    chain.assertClean();
  }

  @Test
  void refusesRequestsForATierWithNothingBelow() {
    try (TieredWriteback writeback = start()) {
      assertThatThrownBy(
              () -> writeback.writeBack(new WritebackRequest(1, Long.MAX_VALUE, Duration.ZERO)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void closeCompletesWhatIsInFlight() throws InterruptedException {
    TieredWriteback writeback = startHanging(this::hang, Duration.ofSeconds(30));
    Thread closer = new Thread(writeback::close);
    closer.start();
    back.countDown();
    closer.join();
    chain.assertClean();
    assertAllThreadsEnded();
    assertThat(writeback.state()).isEqualTo(WritebackState.CLOSED);
    assertThat(events)
        .filteredOn(event -> event.kind() == EventKind.CLOSED)
        .singleElement()
        .satisfies(event -> assertThat(event.number(Field.CANCELLED)).isZero());
  }

  @Test
  void closeCancelsWhatHangs() throws InterruptedException {
    TieredWriteback writeback = startHanging(this::hang, Duration.ofMillis(50));
    writeback.close();
    assertThat(chain.count(Place.ABOVE)).isEqualTo(950 * REGION);
    chain.assertClean();
    assertAllThreadsEnded();
  }

  @Test
  void saysWhenAWriteHangsOnAfterClose() throws InterruptedException {
    TieredWriteback writeback = startHanging(this::hangDeaf, Duration.ofMillis(50));
    writeback.close();
    assertThat(writeback.hasEnded()).isFalse();
    assertThat(memory.given).as("a hung write may still read its batch").isFalse();
    back.countDown();
    await(writeback::hasEnded);
    assertThat(chain.count(Place.ABOVE)).isEqualTo(950 * REGION);
  }

  @Test
  void leavesNoThreadBehindWhenOneCannotBeStarted() {
    assertThatThrownBy(
            () ->
                start(
                    chain,
                    Duration.ofSeconds(30),
                    duty -> threads.size() < 2 ? new Thread(duty) : new Unstartable()))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(threads).hasSizeGreaterThan(2).noneMatch(Thread::isAlive);
    assertThat(memory.given).isTrue();
  }

  private static final class Unstartable extends Thread {
    @Override
    public void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }

  @Test
  void lastStepsRunInTheCallerWhenThereIsNoThreadToBeHad() {
    AtomicBoolean out = new AtomicBoolean();
    AtomicReference<Thread> runner = new AtomicReference<>();
    try (TieredWriteback writeback =
        start(
            chain,
            Duration.ofSeconds(30),
            duty -> out.get() ? new Unstartable() : new Thread(duty))) {
      assertThat(writeback.runLast(() -> runner.set(Thread.currentThread()), () -> 0, FOREVER))
          .isTrue();
      assertThat(runner.get().getName()).isEqualTo("pagestrata-last");
      out.set(true);
      assertThat(writeback.runLast(() -> runner.set(Thread.currentThread()), () -> 0, FOREVER))
          .isTrue();
      assertThat(runner).hasValue(Thread.currentThread());
    }
  }

  @Test
  void closeAnswersRequestsThatWaitAndLaterOnes() throws InterruptedException {
    chain.lower.behaviour = batch -> TierOutcome.FULL;
    TieredWriteback writeback = start();
    chain.putMany(0, 10 * REGION);
    assertThat(writeback.writeBack(WritebackRequest.everything())).isZero();
    writeback.close();
    writeback.close();
    writeback.wake();
    assertThat(writeback.writeBack(WritebackRequest.everything())).isZero();
    chain.assertClean();
  }

  @Test
  void onlyTierHasNoPipelineButDropsEphemeralPages() {
    FakeChain alone = new FakeChain(System::nanoTime, LIMIT_BYTES, true);
    try (TieredWriteback writeback = start(alone, Duration.ofSeconds(30), Thread::new)) {
      for (int id = 0; id < 950 * REGION; id++) {
        alone.put(id).ephemeral = true;
      }
      writeback.wake();
      await(() -> alone.upper.usedBytes() <= 0.9 * LIMIT_BYTES);
    }
    alone.assertClean();
    assertThat(threads).extracting(Thread::getName).noneMatch(name -> name.contains("write-"));
  }

  @Test
  void upkeepRunsInTheBackground() {
    CountDownLatch steps = new CountDownLatch(100);
    chain.lower.upkeep =
        () -> {
          steps.countDown();
          return steps.getCount();
        };
    try (TieredWriteback writeback = start()) {
      await(() -> steps.getCount() == 0);
      assertThat(writeback.state()).isEqualTo(WritebackState.RUNNING);
    }
    endLog();
    assertThat(events).extracting(MonitorEvent::kind).contains(EventKind.CLEANING);
  }

  // The last sync of a store is one of its last steps.
  @Test
  void theLogTellsOfTheLastStepsAndThenThatItIsClosed() {
    TieredWriteback writeback = start();
    writeback.close();
    writeback.runLast(
        () ->
            chain.syncs = new SyncStats(1, 0, 0, 0, 7, 4096, 0, new LatencySnapshot(1, 2, 2, 2, 2)),
        () -> 0,
        FOREVER);
    assertThat(events)
        .filteredOn(event -> event.kind() != EventKind.INTERVAL)
        .extracting(MonitorEvent::kind)
        .containsExactly(EventKind.SYNC, EventKind.CLOSED);
    assertThat(events).last().extracting(MonitorEvent::kind).isEqualTo(EventKind.CLOSED);
  }
}
