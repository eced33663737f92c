// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reading in the background: how fast, in which order, what is told of damage, and how often. */
class ScrubberTest {
  private static final long RATE = 100_000;
  private static final long SECOND = 1_000_000_000L;

  /** What the tier reads at once; a turn may end so far beyond what it was allowed. */
  private static final long CHUNK_BYTES = 64 << 10;

  private final MemoryFiles memory = new MemoryFiles();
  private final FaultyFiles files = new FaultyFiles(memory);
  private final AtomicLong clock = new AtomicLong();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private FileTier tier;
  private long objects;

  private void open(long bytesPerSecond) throws IOException {
    FileTierSettings settings =
        FileTierModelTest.settings(Path.of("x"), 12, false).scrubbedAt(bytesPerSecond);
    tier = new FileTier(settings, clock::get, files);
    host.use(tier);
  }

  @AfterEach
  void close() {
    files.heal();
    tier.close();
    assertThat(memory.openFiles).hasValue(0);
  }

  /** Fills segments until so many are sealed; the open one gets a batch. */
  private void fill(int sealed) throws IOException {
    while (memory.list().size() <= sealed) {
      host.put(batch, LongStream.range(objects, objects + 40).toArray());
      objects += 40;
    }
  }

  private ScrubStats second() throws IOException {
    clock.addAndGet(SECOND);
    tier.maintain();
    return tier.scrubbing();
  }

  /** Lets time pass until so many passes are over. */
  private ScrubStats pass(long passes) throws IOException {
    long turns = 0;
    while (tier.scrubbing().passes() < passes) {
      assertThat(turns++).as("turns until pass %d", passes).isLessThan(1000);
      if (turns == 1) {
        clock.addAndGet(ScrubPass.PASS_NANOS);
      }
      second();
    }
    return tier.scrubbing();
  }

  @Test
  void isOffWithoutARate() throws IOException {
    open(0);
    fill(2);
    long reads = tier.stats().reads();
    assertThat(second()).isEqualTo(ScrubStats.NONE);
    assertThat(tier.stats().reads()).isEqualTo(reads);
  }

  @Test
  void readsAtItsRateAndASingleTurnOfIt() throws IOException {
    open(RATE);
    fill(2);
    second(); // while the tier was written to
    long before = tier.scrubbing().scrubbedBytes();
    for (int i = 1; i <= 5; i++) {
      assertThat(second().scrubbedBytes() - before)
          .isBetween(i * RATE - CHUNK_BYTES, i * RATE + CHUNK_BYTES);
    }
    before = tier.scrubbing().scrubbedBytes();
    clock.addAndGet(60 * SECOND);
    assertThat(second().scrubbedBytes() - before).as("after a pause").isLessThan(2 * RATE);
  }

  @Test
  void goesAtATenthWhileTheTierIsBusy() throws IOException {
    open(RATE);
    fill(3);
    second();
    long before = tier.scrubbing().scrubbedBytes();
    for (int i = 1; i <= 30; i++) {
      host.put(batch, LongStream.range(0, 40).toArray());
      host.put(batch, LongStream.range(0, 40).toArray());
      host.put(batch, LongStream.range(0, 40).toArray());
      second();
    }
    assertThat(tier.scrubbing().scrubbedBytes() - before)
        .isBetween(2 * RATE, 3 * RATE + CHUNK_BYTES);
  }

  @Test
  void aPassReadsEveryRecordOnceAndTheNextBeginsAnHourAfter() throws IOException {
    open(RATE);
    fill(3);
    long recordBytes = 0;
    for (String name : memory.list()) {
      recordBytes += memory.bytes(name).length - SegmentFormat.HEADER_BYTES;
    }
    ScrubStats first = pass(1);
    assertThat(first.scrubbedBytes()).isBetween(recordBytes - 3 * 2 * 1024L, recordBytes);
    for (int i = 0; i < 100; i++) {
      second();
    }
    assertThat(tier.scrubbing()).as("at rest").isEqualTo(first);
    assertThat(pass(2).scrubbedBytes()).isEqualTo(2 * first.scrubbedBytes());
    assertThat(tier.stats().errors()).isZero();
  }

  /** Nothing is sealed yet, and nothing may be for weeks. */
  @Test
  void damageInASegmentThatIsBeingWrittenIsToldOnceAndItIsSealed() throws IOException {
    open(RATE);
    fill(0);
    assertThat(memory.list()).hasSize(1);
    flip(7);
    host.whole.add(7L);
    ScrubStats stats = pass(1);
    assertThat(stats.damagedZpages()).isOne();
    assertThat(stats.rewrittenPages()).isOne();
    assertThat(host.salvaged).containsExactly(7L);
    host.put(batch, 7);
    assertThat(tier.describe(host.table.get(7L).locator())).startsWith("segment-00000002.pss");
    assertThat(pass(2).damagedZpages()).as("told once").isOne();
  }

  @Test
  void theEndOfASegmentThatIsBeingWrittenIsDamagedWhenItIsCutOff() throws IOException {
    open(RATE);
    fill(0);
    int end = memory.bytes("segment-00000001.pss").length - 5_000;
    memory.cut("segment-00000001.pss", end);
    assertThat(pass(1).damagedZpages()).isPositive().isEqualTo(recordsBehind(end));
  }

  @Test
  void damageInWhatCleaningIsWritingIsTold() throws IOException {
    open(RATE);
    fill(5);
    for (long object = 0; object < objects; object++) {
      if (object % 5 != 0) {
        host.remove(object);
      }
    }
    for (int i = 0; i < 20; i++) {
      tier.maintain();
    }
    assertThat(tier.stats().cleanedZpages()).isPositive();
    Segment survivors = tier.segments().of(host.table.get(0L).locator());
    assertThat(survivors.isSealed()).as("where the oldest has moved to").isFalse();
    flip(0);
    assertThat(pass(1).damagedZpages()).isOne();
    assertThat(host.salvaged).contains(0L);
    assertThat(survivors.isSealed()).isTrue();
  }

  @Test
  void theFirstPassOfARunBeginsAnywhereAndMissesNothing() throws IOException {
    clock.set(987_654_321_987L);
    open(RATE);
    fill(5);
    ScrubStats first = pass(1);
    assertThat(pass(2).scrubbedBytes()).isEqualTo(2 * first.scrubbedBytes());
  }

  @Test
  void damageIsToldOnceUntilItsPageIsThereAgain() throws IOException {
    open(RATE);
    fill(2);
    flip(7);
    ScrubStats first = pass(1);
    assertThat(first.damagedZpages()).isOne();
    assertThat(host.salvaged).contains(7L);
    assertThat(pass(2).damagedZpages()).as("told once").isOne();
    host.put(batch, 7);
    fill(3);
    flip(8);
    assertThat(pass(3).damagedZpages()).isEqualTo(2);
  }

  @Test
  void damageThatNoPageNeedsIsPassedOver() throws IOException {
    open(RATE);
    fill(2);
    flip(7);
    host.remove(7);
    assertThat(pass(1).damagedZpages()).isZero();
  }

  @Test
  void aPageThatIsWrittenAgainIsCounted() throws IOException {
    open(RATE);
    fill(2);
    flip(7);
    host.whole.add(7L);
    ScrubStats stats = pass(1);
    assertThat(stats.damagedZpages()).isOne();
    assertThat(stats.rewrittenPages()).isOne();
    assertThat(pass(2)).extracting(ScrubStats::damagedZpages).isEqualTo(1L);
  }

  /** The chunk fails, then the first of its records; all others are read one by one. */
  @Test
  void aRecordThatCannotBeReadIsDamaged() throws IOException {
    open(RATE);
    fill(2);
    second();
    files.fail(Operation.READ, 0, 2, FaultyFiles.BROKEN);
    ScrubStats stats = pass(1);
    assertThat(stats.damagedZpages()).isOne();
    assertThat(stats.passes()).isOne();
  }

  @Test
  void aMediumThatDoesNotAnswerDamagesNothing() throws IOException {
    open(1 << 20);
    fill(2);
    files.fail(Operation.READ, 0, Long.MAX_VALUE / 2, FaultyFiles.BROKEN);
    assertThatThrownBy(() -> pass(1)).isInstanceOf(IOException.class);
    files.heal();
    ScrubStats stats = pass(2);
    assertThat(stats.damagedZpages()).isZero();
    assertThat(stats.scrubbedBytes()).isPositive();
  }

  @Test
  void recordsBehindTheEndOfACutFileAreDamaged() throws IOException {
    open(RATE);
    fill(2);
    memory.cut("segment-00000001.pss", 500_000);
    long behind = recordsBehind(500_000);
    assertThat(behind).isPositive();
    assertThat(pass(1).damagedZpages()).isEqualTo(behind);
    assertThat(pass(2).damagedZpages()).isEqualTo(behind);
  }

  private long recordsBehind(long end) {
    return host.table.values().stream()
        .map(PlainHost.Place::locator)
        .filter(locator -> isBehind(locator, end))
        .count();
  }

  private boolean isBehind(long locator, long end) {
    String[] words = tier.describe(locator).split(" ");
    return words[0].equals("segment-00000001.pss")
        && Long.parseLong(words[2]) + tier.heldBytes(locator) > end;
  }

  @Test
  void aDamagedFooterIsTold() throws IOException {
    open(1 << 20);
    fill(1);
    byte[] bytes = memory.bytes("segment-00000001.pss");
    memory.flipBit("segment-00000001.pss", bytes.length - 20);
    assertThatThrownBy(() -> pass(1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Footer of segment-00000001.pss is damaged");
    assertThat(tier.maintain()).isZero();
  }

  private void flip(long object) {
    String[] words = tier.describe(host.table.get(object).locator()).split(" ");
    memory.flipBit(words[0], Long.parseLong(words[2]) + 40);
  }
}
