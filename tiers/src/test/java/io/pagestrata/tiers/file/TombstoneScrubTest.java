// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scrubbing of what no page names: tombstones, and the files beside the segments. */
class TombstoneScrubTest {
  private static final String FIRST = "segment-00000001.pss";
  private static final long REMOVED = 1 << 20;

  private final MemoryFiles files = new MemoryFiles();
  private final AtomicLong clock = new AtomicLong();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private FileTier tier;
  private PageLog log;
  private long objects;

  private static FileTierSettings settings() {
    return FileTierModelTest.settings(Path.of("x"), 12, false).scrubbedAt(1 << 20);
  }

  @BeforeEach
  void open() throws IOException {
    tier =
        FileTier.durable(
            settings(),
            FileEncryption.none(),
            0,
            clock::get,
            files,
            FileWear.unlimited(),
            IndexMode.OFF);
    host.use(tier);
    log = tier.log().orElseThrow();
    log.savePools(List.of(new PageLog.SavedPool(1, "a", "", false, false)), 2);
    log.recover((pool, object, index, generation, tombstone, locator) -> {});
  }

  @AfterEach
  void close() {
    tier.close();
  }

  /** Two sealed segments of zpages and tombstones. */
  private void fill() throws IOException {
    while (files.list().stream().filter(SegmentNames::isName).count() < 3) {
      host.put(batch, LongStream.range(objects, objects + 40).toArray());
      objects += 40;
      TombstoneCleaningTest.appendTombstone(log, batch, REMOVED + objects);
    }
  }

  /** Where the tombstone of an object is in a file, when it is whole; -1 when there is none. */
  private long tombstone(String name, long object) {
    ByteBuffer bytes = ByteBuffer.wrap(files.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = SegmentFormat.HEADER_BYTES; at + 32 <= bytes.capacity(); at += 16) {
      if ((ZpageHeader.flags(bytes, at) & ZpageHeader.FLAG_TOMBSTONE) != 0
          && ZpageHeader.object(bytes, at) == object
          && ZpageHeader.verify(bytes, at, 32, new CRC32C())) {
        return at;
      }
    }
    return -1;
  }

  private boolean isWholeSomewhere(long object) {
    return files.list().stream()
        .filter(SegmentNames::isName)
        .anyMatch(name -> tombstone(name, object) > 0);
  }

  private ScrubStats pass() throws IOException {
    long passes = tier.scrubbing().passes();
    clock.addAndGet(ScrubPass.PASS_NANOS);
    for (int turns = 0; tier.scrubbing().passes() == passes; turns++) {
      assertThat(turns).as("turns of a pass").isLessThan(1000);
      clock.addAndGet(1_000_000_000L);
      tier.maintain();
    }
    return tier.scrubbing();
  }

  // Forbidden: a damaged tombstone of which nobody hears; a second one in its row of the header
  // sums, and the store does not open.
  @Test
  void aDamagedTombstoneThatIsNeededIsWrittenAgain() throws IOException {
    fill();
    long object = REMOVED + 80;
    host.removed.add(object);
    files.flipBit(FIRST, tombstone(FIRST, object) + 9);
    assertThat(isWholeSomewhere(object)).isFalse();
    ScrubStats stats = pass();
    assertThat(stats.damagedZpages()).isOne();
    assertThat(stats.rewrittenPages()).isOne();
    assertThat(isWholeSomewhere(object)).isTrue();
    assertThat(pass()).as("told once").extracting(ScrubStats::damagedZpages).isEqualTo(1L);
    log.beginSync();
    log.endSync();
    tier.maintain();
    assertThat(files.list()).as("cleaned, with nothing in it that counts").doesNotContain(FIRST);
  }

  @Test
  void aDamagedTombstoneInASegmentThatIsBeingWrittenIsWrittenAgain() throws IOException {
    fill();
    TombstoneCleaningTest.appendTombstone(log, batch, REMOVED);
    host.put(batch, LongStream.range(objects, objects + 40).toArray());
    host.removed.add(REMOVED);
    String last = SegmentNames.of(3);
    files.flipBit(last, tombstone(last, REMOVED) + 9);
    ScrubStats stats = pass();
    assertThat(stats.damagedZpages()).isOne();
    assertThat(stats.rewrittenPages()).isOne();
    assertThat(isWholeSomewhere(REMOVED)).isTrue();
  }

  @Test
  void oneThatIsNotNeededCountsNoMoreAndIsForgottenWithItsSegment() throws IOException {
    fill();
    files.flipBit(FIRST, tombstone(FIRST, REMOVED + 80) + 9);
    FileLocators locators =
        new FileLocators(settings().recordAlignment(), settings().segmentBytes());
    SegmentWriter writer =
        new SegmentWriter(settings(), tier.segments(), locators, SegmentFormat.Stream.CLEANING);
    TombstoneScrub scrub =
        new TombstoneScrub(settings(), tier.segments(), locators, new FileCounters(), writer);
    scrub.attach(host);
    Segment first = segment(1);
    int tombstones = first.tombstones();
    for (int i = 0; i < 2; i++) {
      scrub.scrub(first);
      assertThat(first.tombstones()).as("counted off once").isEqualTo(tombstones - 1);
    }
    scrub.forgetDeleted();
    assertThat(scrub.known()).isOne();
    for (long object = 0; object < objects; object++) {
      host.remove(object);
    }
    tier.segments().removeTombstones(first, first.tombstones());
    log.beginSync();
    log.endSync();
    tier.maintain();
    assertThat(files.list()).doesNotContain(FIRST);
    scrub.forgetDeleted();
    assertThat(scrub.known()).isZero();
  }

  // Forbidden: a segment that stays for one which cleaning came by before scrubbing did.
  @Test
  void oneThatCleaningHasPassedCountsNoMoreEither() throws IOException {
    fill();
    files.flipBit(FIRST, tombstone(FIRST, REMOVED + 80) + 9);
    host.objects().forEach(host::remove);
    log.beginSync();
    log.endSync();
    for (int i = 0; i < 64; i++) {
      tier.maintain();
    }
    assertThat(segment(1).tombstones()).as("the damaged one").isOne();
    pass();
    tier.maintain();
    assertThat(files.list()).doesNotContain(FIRST);
  }

  private Segment segment(long sequence) {
    return IntStream.range(0, tier.segments().slotCount())
        .mapToObj(tier.segments()::at)
        .filter(it -> it != null && it.sequence() == sequence)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void oneThatIsNotNeededIsNotWrittenAgain() throws IOException {
    fill();
    long object = REMOVED + 80;
    files.flipBit(FIRST, tombstone(FIRST, object) + 9);
    ScrubStats stats = pass();
    assertThat(stats.damagedZpages()).isOne();
    assertThat(stats.rewrittenPages()).isZero();
    assertThat(isWholeSomewhere(object)).isFalse();
  }

  @Test
  void aManifestThatRotsIsWrittenAgain() throws IOException {
    ManifestFiles manifests = new ManifestFiles(files);
    Manifest before = manifests.load();
    files.flipBit(ManifestFiles.name(before), 70);
    assertThat(manifests.load()).isNull();
    for (int i = 0; i < 4; i++) {
      clock.addAndGet(ScrubPass.PASS_NANOS);
      tier.maintain();
    }
    Manifest after = manifests.load();
    assertThat(after.pools()).isEqualTo(before.pools());
    assertThat(after.number()).isEqualTo(before.number() + 1);
    assertThat(tier.stats().errors()).isOne();
  }
}
