// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A record claims a generation that no store reaches, as one did whose header was damaged in RAM
 * before it was written. A store that went on behind it could remove nothing for good: what it
 * wrote of a removal would be older than what it removed.
 */
class UnreachableGenerationTest {
  private static final String FIRST = "segment-00000001.pss";
  private static final long BEYOND = ZpageHeader.MOST_GENERATION + 7;
  private static final long VICTIM = 3;
  private static final int PAGES = 480;

  private final MemoryFiles files = new MemoryFiles();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(80);
  private long offset;

  private static FileTier open(SegmentFiles on) throws IOException {
    return FileTier.durable(
        FileTierModelTest.settings(Path.of("x"), 12, false),
        FileEncryption.none(),
        0,
        System::nanoTime,
        on,
        FileWear.unlimited(),
        IndexMode.OFF);
  }

  /** Writes pages, among them one that claims too much, and closes the store or lets it die. */
  private MemoryFiles written(long generation, boolean whole, boolean closed) throws IOException {
    try (FileTier tier = open(files)) {
      host.use(tier);
      tier.log().orElseThrow().recover((pool, object, index, gen, gone, locator) -> {});
      tier.log()
          .orElseThrow()
          .savePools(List.of(new SavedPool(1, "a", "default", false, false)), 2);
      host.put(batch, LongStream.range(0, 40).toArray());
      batch.clear();
      host.add(batch, VICTIM);
      ZpageHeader.write(
          batch.data(),
          0,
          1,
          VICTIM,
          0,
          generation,
          1,
          0,
          PlainHost.PAGE_SHIFT,
          ZpageHeader.storedBytes(batch.data(), 0));
      if (whole) {
        ZpageHeader.seal(batch.data(), 0, new CRC32C());
      }
      assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
      offset = Long.parseLong(tier.describe(batch.toLocator(0)).replaceAll(".*offset ", ""));
      // More than one batch holds, so that it is no write that a crash cut off.
      for (long from = 40; from < PAGES; from += 40) {
        host.put(batch, LongStream.range(from, from + 40).toArray());
      }
      MemoryFiles killed = files.copy();
      tier.log().orElseThrow().markClean(BEYOND);
      return closed ? files : killed;
    }
  }

  private static Set<Long> recovered(MemoryFiles on) throws IOException {
    Set<Long> objects = new HashSet<>();
    try (FileTier tier = open(on)) {
      tier.attach(new PlainHost());
      long highest =
          tier.log()
              .orElseThrow()
              .recover((pool, object, index, generation, gone, locator) -> objects.add(object));
      assertThat(highest).isLessThanOrEqualTo(ZpageHeader.MOST_GENERATION);
    }
    return objects;
  }

  private static Inspection check(MemoryFiles on, boolean repair) throws IOException {
    StoreCheck.Request request = new StoreCheck.Request(FileEncryption.none(), repair, repair);
    return StoreCheck.check(on, Path.of("."), request, CheckProgress.NONE, Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, true", "true, false", "false, false"})
  void theStartNamesItAndARepairDropsIt(boolean whole, boolean closed) throws IOException {
    MemoryFiles on = written(BEYOND, whole, closed);
    assertThat(check(on, false).findings())
        .filteredOn(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE)
        .extracting(Finding::file)
        .contains(FIRST);
    assertThatThrownBy(() -> recovered(on))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FIRST + " offset " + offset);
    check(on, true);
    assertThat(recovered(on)).hasSize(PAGES);
  }

  @Test
  void theHighestOfAllIsARecord() throws IOException {
    MemoryFiles on = written(ZpageHeader.MOST_GENERATION, true, false);
    assertThat(recovered(on)).hasSize(PAGES).contains(VICTIM);
  }
}
