// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
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

  @Test
  void directIoMayBeSwitchedOnAfterAKill() throws IOException {
    MemoryFiles killed = killedAfter(SECOND);
    assertThat(killed.bytes(SECOND).length % AlignedBuffers.BLOCK_BYTES).isNotZero();
    for (int start = 0; start < 2; start++) {
      PlainHost found = new PlainHost();
      try (FileTier tier = open(new BlockFiles(killed), found, true)) {
        log(tier).recover(enterInto(found));
        assertThat(found.table.keySet()).isEqualTo(host.table.keySet());
        assertThat(tier.stats().usedBytes()).isEqualTo(segmentBytes(killed));
        ByteBuffer scratch = ByteBuffer.allocateDirect(tier.scratchBytes() + 4096);
        for (long object : found.objects()) {
          assertThat(found.read(object, scratch.alignedSlice(4096), new CRC32C())).isTrue();
        }
      }
    }
  }

  /** A file that is too short for a header may have been longer. */
  @Test
  void aFileWithoutHeaderIsSetAsideUnlessItHoldsNothing() throws IOException {
    MemoryFiles killed = killedAfter(SECOND);
    killed.cut(SECOND, 700);
    String empty = SegmentNames.of(4);
    try (SegmentFile file = killed.create(empty)) {
      file.write(ByteBuffer.allocate(2000), 0);
    }
    try (FileTier tier = open(killed, new PlainHost(), false)) {
      log(tier).recover(NOBODY);
      assertThat(killed.list())
          .contains(FIRST, SECOND + ".damaged")
          .doesNotContain(SECOND, empty)
          .filteredOn(name -> name.startsWith("segment-"))
          .hasSize(2);
      assertThat(killed.bytes(SECOND + ".damaged")).hasSize(700);
      assertThat(tier.stats().usedBytes()).isEqualTo(killed.bytes(FIRST).length);
    }
    try (SegmentFile file = killed.create(SECOND)) {
      file.write(ByteBuffer.wrap(new byte[] {1}), 0);
    }
    try (FileTier tier = open(killed, new PlainHost(), false)) {
      log(tier).recover(NOBODY);
      assertThat(killed.list()).contains(SECOND + ".damaged", SECOND + ".damaged.2");
    }
  }

  // Forbidden: a segment that has the number of another one that was there before: what is known of
  // the one, as in an index or a marker of what was lost, would hold for the other.
  @Test
  void sequencesAreNotUsedAgainAfterAKill() throws IOException {
    MemoryFiles killed = killedAfter(SECOND);
    MemoryFiles killedAgain;
    PlainHost found = new PlainHost();
    try (FileTier tier = open(killed, found, false)) {
      log(tier).recover(enterInto(found));
      found.objects().forEach(found::remove);
      log(tier).beginSync();
      log(tier).endSync();
      tier.maintain();
      killedAgain = killed.copy();
    }
    assertThat(killedAgain.list()).noneMatch(SegmentNames::isName);
    try (FileTier tier = open(killedAgain, found, false)) {
      log(tier).recover(NOBODY);
      found.put(batch, 1);
      assertThat(killedAgain.list())
          .filteredOn(SegmentNames::isName)
          .singleElement()
          .matches(name -> SegmentNames.sequence(name) > SegmentNames.sequence(SECOND));
    }
  }

  /** More sequences are covered before those in hand are used up. */
  @Test
  void manySegmentsStayBelowWhatTheManifestSays() throws IOException {
    try (FileTier tier = open(running, host, false)) {
      log(tier).savePools(List.of(new PageLog.SavedPool(1, "a", "", false, false)), 2);
      log(tier).recover(NOBODY);
      while (tier.segments().lastSequence() < 2 * Segments.SEQUENCES_IN_HAND) {
        if (tier.segments().wantsSync()) {
          log(tier).beginSync();
          log(tier).endSync();
        }
        tier.segments().deleteDoomed();
        host.put(batch, LongStream.range(0, 40).toArray());
        Manifest saved = new ManifestFiles(running).load();
        assertThat(saved.lastSequence()).isGreaterThanOrEqualTo(tier.segments().lastSequence());
      }
    }
  }

  private static long segmentBytes(MemoryFiles files) {
    return files.list().stream()
        .filter(SegmentNames::isName)
        .mapToLong(name -> files.bytes(name).length)
        .sum();
  }

  private static PageLog.Visitor enterInto(PlainHost found) {
    return (pool, object, index, generation, tombstone, locator) ->
        found.table.put(object, new PlainHost.Place(locator, generation));
  }
}
