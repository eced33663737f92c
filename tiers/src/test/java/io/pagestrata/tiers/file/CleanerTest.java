// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Emptying of sparse segments, and the records that must stay where they are. */
class CleanerTest {
  private static final String FIRST = "segment-00000001.pss";

  private final MemoryFiles memory = new MemoryFiles();
  private final FaultyFiles files = new FaultyFiles(memory);
  private final FileTierSettings settings = FileTierModelTest.settings(Path.of("x"), 12, false);
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private FileTier tier;

  @BeforeEach
  void open() throws IOException {
    tier = new FileTier(settings, System::nanoTime, files);
    host.use(tier);
  }

  @AfterEach
  void close() {
    tier.close();
    assertThat(memory.openFiles).hasValue(0);
  }

  /** Fills segments until this many exist and returns the number of objects put. */
  private long fill(int segments) throws IOException {
    long object = 0;
    while (memory.list().size() < segments) {
      host.put(batch, LongStream.range(object, object + 40).toArray());
      object += 40;
    }
    return object;
  }

  private boolean isInFirst(long object) {
    return tier.describe(host.table.get(object).locator()).startsWith(FIRST);
  }

  private void removeAllButEvery(int nth, long objects) {
    for (long object = 0; object < objects; object++) {
      if (object % nth != 0) {
        host.remove(object);
      }
    }
  }

  private void cleanUp() throws IOException {
    while (tier.maintain() > 0) {
      // until there is nothing to do
    }
  }

  @Test
  void leavesWellFilledSegmentsAlone() throws IOException {
    fill(4);
    long written = tier.stats().writtenBytes();
    assertThat(tier.maintain()).isZero();
    assertThat(tier.stats().writtenBytes()).isEqualTo(written);
  }

  @Test
  void movesTheLiveRecordsTogether() throws IOException {
    removeAllButEvery(4, fill(5));
    cleanUp();
    SpaceOracle.check(tier, settings, host);
    TierStats stats = tier.stats();
    assertThat(stats.regionsCleaned()).isPositive();
    assertThat(stats.cleanedZpages()).isPositive();
    assertThat(stats.cleanedBytes()).isPositive();
    assertThat(memory.list()).doesNotContain(FIRST);
    assertThat(memory.totalBytes()).isEqualTo(stats.usedBytes());
  }

  /** Nothing that is stored but not yet published is lost, nor does it hold the cleaner up. */
  @Test
  void keepsWhatIsNotPublishedYet() throws IOException {
    ZpageBatch late = PlainHost.newBatch(48);
    host.store(late, 1_000_000, 1_000_001, 1_000_002);
    removeAllButEvery(4, fill(5));
    cleanUp();
    assertThat(memory.list()).contains(FIRST);
    assertThat(tier.stats().zpages()).isEqualTo(host.table.size() + 3);

    host.publish(late);
    for (int i = 0; i < 64 && memory.list().contains(FIRST); i++) {
      tier.maintain();
    }
    assertThat(memory.list()).doesNotContain(FIRST);
    SpaceOracle.check(tier, settings, host);
  }

  /** A damaged record keeps its segment; its neighbours move, and it is counted once. */
  @Test
  void leavesADamagedRecordInPlace() throws IOException {
    long objects = fill(5);
    FileLocators locators = new FileLocators(16, settings.segmentBytes());
    memory.flipBit(FIRST, locators.offset(host.table.get(8L).locator()) + 40);
    removeAllButEvery(4, objects);
    cleanUp();
    for (int i = 0; i < 64; i++) {
      tier.maintain();
    }
    assertThat(memory.list()).contains(FIRST);
    assertThat(isInFirst(8)).isTrue();
    assertThat(isInFirst(4)).isFalse();
    assertThat(tier.stats().errors()).isEqualTo(1);
    host.remove(8);
    cleanUp();
    assertThat(memory.list()).doesNotContain(FIRST);
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void leavesASegmentWithADamagedFooterAlone() throws IOException {
    long objects = fill(5);
    memory.flipBit(FIRST, memory.bytes(FIRST).length - 20);
    removeAllButEvery(4, objects);
    assertThatThrownBy(this::cleanUp).isInstanceOf(IOException.class).hasMessageContaining(FIRST);
    cleanUp();
    assertThat(isInFirst(4)).isTrue();
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void losesNothingWhenReadsFail() throws IOException {
    removeAllButEvery(4, fill(5));
    files.fail(Operation.READ, 1, 1, FaultyFiles.BROKEN);
    assertThatThrownBy(this::cleanUp)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FaultyFiles.BROKEN);
    SpaceOracle.check(tier, settings, host);
    for (int i = 0; i < 64; i++) {
      tier.maintain();
    }
    assertThat(memory.list()).doesNotContain(FIRST);
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void losesNothingWhenWritesFail() throws IOException {
    removeAllButEvery(4, fill(5));
    files.fail(Operation.WRITE, 0, 8, FaultyFiles.NO_SPACE);
    assertThatThrownBy(this::cleanUp)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FaultyFiles.NO_SPACE);
    SpaceOracle.check(tier, settings, host);
    files.heal();
    for (int i = 0; i < 64; i++) {
      tier.maintain();
    }
    assertThat(memory.list()).doesNotContain(FIRST);
    SpaceOracle.check(tier, settings, host);
  }

  /**
   * Uniform overwrites of a tier that is four fifths full of live records: every batch finds room
   * after cleaning, and cleaning writes no more than theory asks, 1 / (1 - u) for victims that are
   * u full with some margin for headers and the reserve.
   */
  @Test
  void makesRoomUnderUniformOverwrites() throws IOException {
    FileTierSettings roomy = FileTierModelTest.settings(Path.of("y"), 64, false);
    try (FileTier own = new FileTier(roomy, System::nanoTime, new MemoryFiles())) {
      PlainHost model = new PlainHost();
      model.use(own);
      int pages = (int) (0.8 * roomy.maxBytes() / 1504);
      Random random = new Random(3);
      long next = 0;
      for (long put = 0; put < 3L * pages; ) {
        batch.clear();
        for (int i = 0; i < 100; i++, put++) {
          model.add(batch, next < pages ? next++ : random.nextInt(pages), 1468);
        }
        while (own.store(batch) != TierOutcome.STORED) {
          assertThat(own.maintain()).isPositive();
        }
        model.publish(batch);
        own.maintain();
      }
      TierStats stats = own.stats();
      assertThat((double) stats.writtenBytes() / stats.storedBytes()).isLessThan(4);
      SpaceOracle.check(own, roomy, model);
    }
  }
}
