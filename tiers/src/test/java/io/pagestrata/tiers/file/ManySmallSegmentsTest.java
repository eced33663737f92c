// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many segments that hold little: starts that write a few pages, disks that fail now and then.
 * Forbidden: a tier that is not full and takes nothing, since no more segments can be told apart;
 * and one that copies the same pages again and again to prevent that.
 */
class ManySmallSegmentsTest {
  private static final int SEGMENT_BYTES = FileTierSettings.MIN_SEGMENT_BYTES;
  private static final int SEGMENTS = 24;
  private static final long SYNC_BYTES = 3 * SEGMENT_BYTES;
  private static final int AT_ONCE = 3;
  private static final int PAGE_RECORD_BYTES = 1504;
  private static final int SMALL_BYTES = 100;
  private static final long REMOVED = 1 << 20;

  private final MemoryFiles memory = new MemoryFiles();
  private final FaultyFiles files = new FaultyFiles(memory);
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(AT_ONCE);
  private final Random random = new Random(7);
  private final FileTierSettings settings =
      new FileTierSettings(
          Path.of("x"),
          (long) SEGMENTS * SEGMENT_BYTES,
          SEGMENT_BYTES,
          PlainHost.PAGE_BYTES,
          false,
          0.5,
          2,
          2,
          Duration.ZERO);

  /** Two thirds of what fits. */
  private final long pages = settings.maxBytes() * 2 / 3 / PAGE_RECORD_BYTES;

  private final int lives = 3 * settings.segmentSlots();
  private long next;

  private FileTier durable() throws IOException {
    return durable(settings, files);
  }

  private FileTier durable(FileTierSettings sizes, SegmentFiles on) throws IOException {
    FileTier tier =
        FileTier.durable(
            sizes,
            FileEncryption.none(),
            SYNC_BYTES,
            System::nanoTime,
            on,
            FileWear.unlimited(),
            IndexMode.OFF);
    try {
      host.recover(tier);
    } catch (IOException e) {
      tier.close();
      throw e;
    }
    return tier;
  }

  /** As a sync does; every page that is written for the first time, and then any. */
  private TierOutcome append(PageLog log) throws IOException {
    batch.clear();
    for (int i = 0; i < AT_ONCE; i++) {
      host.add(batch, next < pages ? next++ : random.nextLong(pages));
    }
    log.beginSync();
    TierOutcome outcome = log.append(batch);
    while (outcome == TierOutcome.FULL && log.makeRoom()) {
      outcome = log.append(batch);
    }
    if (outcome == TierOutcome.STORED) {
      host.publish(batch);
      log.endSync();
    }
    return outcome;
  }

  @Test
  void aStartThatWritesLittleFindsRoomHoweverManyThereWere() throws IOException {
    for (int life = 0; life < lives; life++) {
      try (FileTier tier = durable()) {
        assertThat(append(tier.log().orElseThrow()))
            .as("start %d", life)
            .isEqualTo(TierOutcome.STORED);
        if (life % SEGMENTS == 0) {
          SpaceOracle.check(tier, settings, host);
        }
      }
    }
  }

  /**
   * All pages stay alive in segments that could hold all of them, and each life ends when it has
   * made just the room that it needs.
   */
  @Test
  void aPageIsCopiedHardlyMoreOftenThanSegmentsDouble() throws IOException {
    FileTierSettings few =
        new FileTierSettings(
            Path.of("x"), 3 << 20, 1 << 20, PlainHost.PAGE_BYTES, false, 0, 1, 1, Duration.ZERO);
    int runs = 12 * few.segmentSlots();
    long copiedBytes = 0;
    for (int life = 0; life < runs; life++) {
      try (FileTier tier = durable(few, files)) {
        PageLog log = tier.log().orElseThrow();
        if (!tier.segments().hasRoomForSync()) {
          assertThat(log.makeRoom()).isTrue();
        }
        batch.clear();
        host.add(batch, life, SMALL_BYTES);
        assertThat(log.append(batch)).isEqualTo(TierOutcome.STORED);
        host.publish(batch);
        copiedBytes += tier.stats().cleanedBytes();
      }
    }
    assertThat(host.table).hasSize(runs);
    // Once at first, and then for each doubling of what is in a segment on average.
    int copies = 1 + Integer.SIZE - Integer.numberOfLeadingZeros(runs / few.segmentSlots());
    assertThat(copiedBytes)
        .isPositive()
        .isLessThan((long) runs * copies * (ZpageHeader.BYTES + SMALL_BYTES));
  }

  @Test
  void aVolatileTierOnADiskWhereEverySecondWriteFailsIsNotFull() throws IOException {
    try (FileTier tier = new FileTier(settings, System::nanoTime, files)) {
      host.use(tier);
      host.put(batch, next++);
      for (int round = 0; round < lives; round++) {
        files.fail(Operation.WRITE, 0, 1, FaultyFiles.BROKEN);
        TierOutcome outcome =
            host.store(batch, LongStream.generate(() -> next++ % pages).limit(AT_ONCE).toArray());
        files.heal();
        if (outcome == TierOutcome.STORED) {
          host.publish(batch);
        }
        assertThat(outcome).as("round %d", round).isEqualTo(TierOutcome.STORED);
        while (tier.segments().isShortOfSlots() || tier.segments().isShortOfBytes()) {
          assertThat(tier.maintain()).isPositive();
        }
      }
    }
  }

  @Test
  void startsThatAreKilledWhileTheyMakeRoomLeaveSome() throws IOException {
    for (int life = 0; life < lives; life++) {
      try (FileTier tier =
          durable(settings, new StoppingFiles(files, random.nextInt(2 * SEGMENTS)))) {
        append(tier.log().orElseThrow());
        tier.maintain();
      } catch (IOException stopped) {
        assertThat(stopped).hasMessageContaining("stopped");
      }
    }
    try (FileTier tier = durable()) {
      assertThat(append(tier.log().orElseThrow())).isEqualTo(TierOutcome.STORED);
      SpaceOracle.check(tier, settings, host);
    }
  }

  /** Both segments keep the tombstone then, so the start has one segment more than before. */
  @Test
  void startsThatAreKilledWhenTombstonesWereCopiedLeaveRoom() throws IOException {
    int killed = 0;
    for (int life = 0; life < lives * 2 / 3; life++) {
      try (FileTier tier = durable()) {
        PageLog log = tier.log().orElseThrow();
        if (tier.segments().hasRoomForSync()) {
          TombstoneCleaningTest.appendTombstone(log, batch, REMOVED);
        } else {
          killed++;
          files.fail(Operation.DELETE, 0, Integer.MAX_VALUE, FaultyFiles.BROKEN);
          files.fail(Operation.WRITE, 2, Integer.MAX_VALUE, FaultyFiles.BROKEN);
          assertThatThrownBy(log::makeRoom).hasMessageContaining(FaultyFiles.BROKEN);
        }
      }
      files.heal();
    }
    try (FileTier tier = durable()) {
      assertThat(killed).isPositive();
      assertThat(append(tier.log().orElseThrow())).isEqualTo(TierOutcome.STORED);
    }
  }
}
