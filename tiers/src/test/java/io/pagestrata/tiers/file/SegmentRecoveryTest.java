// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a start makes of the files that a killed store left. */
class SegmentRecoveryTest {
  private static final String FIRST = "segment-00000001.pss";
  private static final String SECOND = "segment-00000002.pss";
  private static final PageLog.Visitor NOBODY =
      (pool, object, index, generation, tombstone, locator) -> {};

  private final MemoryFiles running = new MemoryFiles();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private long objects;

  private static FileTier open(SegmentFiles files, PlainHost host, boolean directIo)
      throws IOException {
    FileTier tier =
        FileTier.durable(
            FileTierModelTest.settings(Path.of("x"), 12, directIo),
            FileEncryption.none(),
            0,
            System::nanoTime,
            files,
            FileWear.unlimited(),
            IndexMode.OFF);
    host.use(tier);
    return tier;
  }

  private static PageLog log(FileTier tier) {
    return tier.log().orElseThrow();
  }

  /** What is left of a store that is killed when it has begun a segment. */
  private MemoryFiles killedAfter(String segment) throws IOException {
    try (FileTier tier = open(running, host, false)) {
      log(tier).savePools(List.of(new PageLog.SavedPool(1, "a", "", false, false)), 2);
      log(tier).recover(NOBODY);
      while (!running.list().contains(segment)) {
        host.put(batch, LongStream.range(objects, objects + 40).toArray());
        objects += 40;
      }
      return running.copy();
    }
  }

  // Forbidden: numbers of puts that are given again below the one of a damaged record. The page
  // would be put, synced, and damaged again at the next start, which takes the damaged record for
  // the newer one.
  @Test
  void generationsGoOnBehindDamagedRecords() throws IOException {
    MemoryFiles killed = killedAfter(SECOND);
    killed.cut(SECOND, SegmentFormat.HEADER_BYTES);
    PlainHost.Place newest =
        host.table.values().stream()
            .filter(place -> new FileLocators(16, 1 << 20).slot(place.locator()) == 0)
            .reduce((one, other) -> one.generation() > other.generation() ? one : other)
            .orElseThrow();
    killed.flipBit(FIRST, new FileLocators(16, 1 << 20).offset(newest.locator()) + 40);
    try (FileTier again = open(killed, new PlainHost(), false)) {
      assertThat(log(again).recover(NOBODY)).isEqualTo(newest.generation());
      assertThat(again.stats().recovery().damagedRecords()).isOne();
    }
  }
}
