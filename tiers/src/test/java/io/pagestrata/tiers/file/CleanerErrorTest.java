// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Cleaning that is cut off by what is no failure of the medium: memory that runs out, a page table
 * that finds itself wrong. Forbidden: tombstones that count as moved and were not, copies that are
 * alive for nobody, one page that keeps all other segments from being cleaned.
 */
class CleanerErrorTest {
  private static final String FIRST = "segment-00000001.pss";
  private static final long REMOVED = 1 << 20;
  private static final int STEPS = 200;
  private static final int LARGE_BYTES = 3_000;

  private final MemoryFiles files = new MemoryFiles();
  private final FileTierSettings settings = FileTierModelTest.settings(Path.of("x"), 12, false);
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private FileTier tier;
  private PageLog log;
  private long objects;

  @BeforeEach
  void open() throws IOException {
    tier =
        FileTier.durable(
            settings,
            FileEncryption.none(),
            0,
            System::nanoTime,
            files,
            FileWear.unlimited(),
            IndexMode.OFF);
    host.recover(tier);
    log = tier.log().orElseThrow();
  }

  @AfterEach
  void close() {
    tier.close();
    assertThat(files.openFiles).hasValue(0);
  }

  private long segments() {
    return files.list().stream().filter(SegmentNames::isName).count();
  }

  /** Sparse segments, of which each holds tombstones when they are wanted. */
  private void fill(boolean tombstones) throws IOException {
    while (segments() < 5) {
      host.put(batch, LongStream.range(objects, objects + 40).toArray());
      objects += 40;
      if (tombstones) {
        host.removed.add(REMOVED + objects);
        TombstoneCleaningTest.appendTombstone(log, batch, REMOVED + objects);
      }
    }
    LongStream.range(0, objects).filter(object -> object % 8 != 0).forEach(host::remove);
    log.beginSync();
    log.endSync();
  }

  /** Does something so many times when the page table is asked for a page. */
  private static LongConsumer at(long page, int times, Runnable failure) {
    int[] left = {times};
    return object -> {
      if (object == page && left[0]-- > 0) {
        failure.run();
      }
    };
  }

  private static void noMemory() {
    throw new OutOfMemoryError("once");
  }

  private static void wrongTable() {
    throw new IllegalStateException("the page table is wrong");
  }

  private int failures() throws IOException {
    int failures = 0;
    for (int i = 0; i < STEPS; i++) {
      try {
        tier.maintain();
      } catch (IllegalStateException | OutOfMemoryError thrown) {
        failures++;
      }
    }
    return failures;
  }

  @Test
  void memoryThatRunsOutOnceLosesNoTombstone() throws IOException {
    fill(true);
    Set<Long> wanted = new HashSet<>(host.removed);
    host.asked = at(80, 1, CleanerErrorTest::noMemory);
    assertThat(failures()).isOne();
    assertThat(files.list()).doesNotContain(FIRST);
    close();
    host.removed.clear();
    open();
    assertThat(host.removed).isEqualTo(wanted);
  }

  @Test
  void anErrorWhileEntriesAreRepointedLeavesNothingAliveForNobody() throws IOException {
    fill(false);
    // The page itself cannot be told from one that was repointed.
    long unknown = 80;
    host.repointed = at(unknown, 1, CleanerErrorTest::wrongTable);
    assertThat(failures()).isOne();
    assertThat(files.list()).doesNotContain(FIRST);
    assertThat(tier.stats().zpages()).as("with one copy").isEqualTo(host.table.size() + 1);
  }

  @Test
  void aPageThatFailsEveryTimeKeepsItsOwnSegmentAlone() throws IOException {
    fill(false);
    long before = segments();
    host.asked = at(8, Integer.MAX_VALUE, CleanerErrorTest::wrongTable);
    assertThat(failures()).isBetween(1, STEPS / 4);
    assertThat(files.list()).contains(FIRST);
    assertThat(segments()).isLessThan(before);
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void aSyncFindsRoomThoughOnePageFailsEveryTime() throws IOException {
    host.asked = at(8, Integer.MAX_VALUE, CleanerErrorTest::wrongTable);
    int made = 0;
    for (int round = 0; round < STEPS; round++) {
      batch.clear();
      for (int i = 0; i < 40; i++) {
        host.add(batch, objects + i, LARGE_BYTES);
      }
      if (log.append(batch) == TierOutcome.FULL) {
        assertThat(log.makeRoom()).as("round %d", round).isTrue();
        made++;
      } else {
        host.publish(batch);
        LongStream.range(objects, objects + 40).filter(it -> it % 8 != 0).forEach(host::remove);
        objects += 40;
        log.beginSync();
        log.endSync();
      }
    }
    assertThat(made).isPositive();
  }
}
