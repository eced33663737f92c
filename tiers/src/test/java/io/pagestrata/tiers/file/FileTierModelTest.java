// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded random work on a small tier with cleaning in between, against a plain page table. */
class FileTierModelTest {
  @TempDir Path directory;

  static FileTierSettings settings(Path directory, long segments, boolean directIo) {
    return new FileTierSettings(
        directory,
        segments << 20,
        1 << 20,
        PlainHost.PAGE_BYTES,
        directIo,
        0.5,
        2,
        2,
        Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void keepsEveryPageInMemoryFiles(long seed) throws IOException {
    MemoryFiles files = new MemoryFiles();
    work(files, settings(directory, 12, false), seed, 400);
    assertThat(files.list()).isEmpty();
    assertThat(files.openFiles).hasValue(0);
    assertThat(files.isLocked()).isFalse();
  }

  @Test
  void keepsEveryPageOnDisk() throws IOException {
    work(SegmentFiles.inDirectory(directory, false), settings(directory, 12, false), 5, 400);
  }

  @Test
  void keepsEveryPageWithWholeBlocks() throws IOException {
    work(new MemoryFiles(), settings(directory, 12, true), 6, 400);
  }

  private static void work(SegmentFiles files, FileTierSettings settings, long seed, int rounds)
      throws IOException {
    Random random = new Random(seed);
    PlainHost host = new PlainHost();
    Deque<ZpageBatch> inFlight = new ArrayDeque<>();
    try (FileTier tier = new FileTier(settings, System::nanoTime, files)) {
      host.use(tier);
      for (int round = 0; round < rounds; round++) {
        ZpageBatch batch = PlainHost.newBatch(48);
        long[] objects = random.longs(1 + random.nextInt(60), 0, 5000).distinct().toArray();
        TierOutcome outcome = host.store(batch, objects);
        if (outcome == TierOutcome.STORED) {
          inFlight.add(batch);
        } else {
          assertThat(outcome).isEqualTo(TierOutcome.FULL);
        }
        while (inFlight.size() > random.nextInt(4)) {
          host.publish(inFlight.poll());
        }
        for (int i = random.nextInt(outcome == TierOutcome.FULL ? 400 : 10); i > 0; i--) {
          host.remove(random.nextInt(5000));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
          tier.maintain();
        }
        if (round % 50 == 49) {
          inFlight.forEach(host::publish);
          inFlight.clear();
          SpaceOracle.check(tier, settings, host);
        }
      }
      inFlight.forEach(host::publish);
      SpaceOracle.check(tier, settings, host);
      TierStats stats = tier.stats();
      assertThat(stats.cleanedZpages()).isPositive();
      assertThat(stats.regionsCleaned()).isPositive();
      assertThat(stats.errors()).isZero();
      assertThat(stats.state()).isIn(TierState.OPEN, TierState.FULL);
      host.objects().forEach(host::remove);
      while (tier.maintain() > 0) {
        // until there is nothing to do
      }
      assertThat(tier.stats().zpages()).isZero();
      assertThat(tier.stats().zpageBytes()).isZero();
      // only the two open segments may be left
      assertThat(tier.stats().usedBytes()).isLessThanOrEqualTo(2L * settings.segmentBytes());
    }
  }
}
