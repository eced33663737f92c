// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.core.check.Severity;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where a segment without footer ends, a start and a check say the same of it. */
class CheckAgreesWithStartTest {
  private static final String FIRST = "segment-00000001.pss";
  private static final String SECOND = "segment-00000002.pss";
  private static final String THIRD = "segment-00000003.pss";
  private static final int SMALLEST_PAYLOAD = 1;
  private static final int PER_BATCH = 5;

  /** Its record, with header, tag and padding. */
  private static final long SMALLEST_SEALED_BYTES = 64;

  private final MemoryFiles files = new MemoryFiles();
  private final FileEncryption key = FileEncryption.ephemeral();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(80);

  private static FileTierSettings settings(boolean directIo) {
    return new FileTierSettings(
        Path.of("x"),
        4 << 20,
        FileTierSettings.MIN_SEGMENT_BYTES,
        PlainHost.PAGE_BYTES,
        directIo,
        0,
        1,
        1,
        Duration.ZERO);
  }

  private FileTier open(SegmentFiles on, boolean directIo, FileEncryption encryption)
      throws IOException {
    return FileTier.durable(
        settings(directIo),
        encryption,
        0,
        System::nanoTime,
        on,
        FileWear.unlimited(),
        IndexMode.OFF);
  }

  private FileTier begin(boolean directIo, FileEncryption encryption) throws IOException {
    FileTier tier = open(files, directIo, encryption);
    host.use(tier);
    tier.log().orElseThrow().recover((pool, object, index, generation, gone, locator) -> {});
    tier.log().orElseThrow().savePools(List.of(new SavedPool(1, "a", "default", false, false)), 2);
    return tier;
  }

  private Inspection check(MemoryFiles on) throws IOException {
    StoreCheck.Request request = new StoreCheck.Request(key, false, false);
    return StoreCheck.check(on, Path.of("."), request, CheckProgress.NONE, Long.MAX_VALUE);
  }

  private Set<Long> recovered(MemoryFiles on, boolean directIo, FileEncryption encryption)
      throws IOException {
    Set<Long> objects = new HashSet<>();
    try (FileTier tier = open(on, directIo, encryption)) {
      tier.attach(new PlainHost());
      tier.log()
          .orElseThrow()
          .recover((pool, object, index, generation, gone, locator) -> objects.add(object));
    }
    return objects;
  }

  @Test
  void aGapBehindTheLastRecordIsNotMissed() throws IOException {
    try (FileTier tier = begin(true, FileEncryption.none())) {
      host.put(batch, LongStream.range(0, 5).toArray());
      tier.log().orElseThrow().markClean(1000);
    }
    files.flipBit(FIRST, files.bytes(FIRST).length - SegmentFormat.TRAILER_BYTES + 52);
    assertThat(check(files).findings())
        .extracting(Finding::severity, Finding::what)
        .containsExactly(tuple(Severity.DAMAGE, "the footer is damaged"));
    assertThat(recovered(files, true, FileEncryption.none())).hasSize(5);
  }

  @Test
  void anEncryptedBatchIsTornAsAWhole() throws IOException {
    int most = settings(false).maxBatchBytes();
    MemoryFiles killed;
    int records = 0;
    try (FileTier tier = begin(false, key)) {
      // Not at the beginning of a segment, where nothing is before it.
      host.put(batch, 1000, 1001);
      batch.clear();
      while (batch.bytes() + SMALLEST_SEALED_BYTES <= most
          && host.add(batch, records, SMALLEST_PAYLOAD) > 0) {
        records++;
      }
      assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
      host.publish(batch);
      killed = files.copy();
      tier.log().orElseThrow().markClean(1000);
    }
    long torn = killed.bytes(FIRST).length - records * SMALLEST_SEALED_BYTES;
    killed.flipBit(FIRST, torn + 40);
    Inspection found = check(killed);
    assertThat(found.findings()).noneMatch(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE);
    assertThat(recovered(killed, false, key)).hasSize(records + 1);
  }

  /** A store that was killed with two segments sealed and a third one open. */
  private MemoryFiles killed() throws IOException {
    try (FileTier tier = begin(false, FileEncryption.none())) {
      long object = 0;
      while (!files.list().contains(THIRD)) {
        host.put(batch, LongStream.range(object, object + PER_BATCH).toArray());
        object += PER_BATCH;
      }
      MemoryFiles copy = files.copy();
      tier.log().orElseThrow().markClean(1000);
      return copy;
    }
  }

  private static long endOfRecords(MemoryFiles of, String name) {
    ByteBuffer bytes = ByteBuffer.wrap(of.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.getLong(bytes.capacity() - SegmentFormat.TRAILER_BYTES);
  }

  // Forbidden: the newest record of a page is cut off with the end of its segment, footer and all,
  // and the older one comes back, as if the segment had been open.
  @Test
  void whatACrashCannotHaveCutOffIsMissed() throws IOException {
    MemoryFiles on = killed();
    on.cut(SECOND, endOfRecords(on, SECOND) / 2);
    assertThat(check(on).findings())
        .filteredOn(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE)
        .extracting(Finding::file)
        .containsExactly(SECOND);
    assertThatThrownBy(() -> recovered(on, false, FileEncryption.none()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(SECOND)
        .hasMessageContaining("cannot be found");
    StoreCheck.Request request = new StoreCheck.Request(FileEncryption.none(), true, true);
    StoreCheck.check(on, Path.of("."), request, CheckProgress.NONE, Long.MAX_VALUE);
    assertThat(check(on).findings()).isEmpty();
    assertThat(recovered(on, false, FileEncryption.none())).isNotEmpty();
  }

  @Test
  void aDamagedRecordAtTheEndOfASegmentWithoutFooterIsNoTornWriteWhenAnotherCameNext()
      throws IOException {
    MemoryFiles on = killed();
    on.cut(SECOND, endOfRecords(on, SECOND));
    on.flipBit(SECOND, endOfLastButOne(on) + 40);
    assertThat(check(on).findings())
        .filteredOn(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE)
        .extracting(Finding::file)
        .containsExactly(SECOND);
    assertThatThrownBy(() -> recovered(on, false, FileEncryption.none()))
        .hasMessageContaining(SECOND);
  }

  private void assertMissedAndMended(MemoryFiles on, String name) throws IOException {
    assertThat(check(on).findings())
        .filteredOn(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE)
        .extracting(Finding::file)
        .containsExactly(name);
    MemoryFiles before = on.copy();
    assertThatThrownBy(() -> recovered(on, false, FileEncryption.none()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("fsck");
    assertThat(on.list()).hasSameElementsAs(before.list());
    StoreCheck.Request request = new StoreCheck.Request(FileEncryption.none(), true, true);
    StoreCheck.check(on, Path.of("."), request, CheckProgress.NONE, Long.MAX_VALUE);
    assertThat(check(on).findings()).isEmpty();
    assertThat(recovered(on, false, FileEncryption.none())).isNotEmpty();
  }

  // Forbidden: of a segment nothing is left but its name, it is taken for one whose making was cut
  // off, and deleted.
  @Test
  void aSegmentThatIsEmptyWasNotBeingMadeWhenAnotherCameNext() throws IOException {
    MemoryFiles whole = killed();
    for (long bytes : new long[] {0, 100, SegmentFormat.HEADER_BYTES - 1}) {
      MemoryFiles on = whole.copy();
      on.cut(SECOND, bytes);
      assertMissedAndMended(on, SECOND);
    }
  }

  // Forbidden: a segment that was open in a crash is cut off in a later run of the store, and looks
  // as after that crash.
  @Test
  void aSegmentThatWasOpenInACrashIsMissedWhenItIsCutOffAfterAnotherStart() throws IOException {
    MemoryFiles on = killed();
    host.table.clear();
    MemoryFiles killedAgain;
    try (FileTier tier = open(on, false, FileEncryption.none())) {
      host.use(tier);
      tier.log().orElseThrow().recover((pool, object, index, generation, gone, locator) -> {});
      host.put(batch, 1, 2, 3);
      killedAgain = on.copy();
      tier.log().orElseThrow().markClean(1000);
    }
    assertThat(check(killedAgain.copy()).findings())
        .extracting(Finding::severity)
        .containsOnly(Severity.NOTE);
    killedAgain.cut(THIRD, SegmentFormat.HEADER_BYTES + 100);
    assertMissedAndMended(killedAgain, THIRD);
  }

  /** Where the last record but one of a segment begins. */
  private static long endOfLastButOne(MemoryFiles on) {
    ByteBuffer bytes = ByteBuffer.wrap(on.bytes(SECOND)).order(ByteOrder.LITTLE_ENDIAN);
    int unit = ZpageBatch.recordAlignment(PlainHost.PAGE_BYTES);
    int before = 0;
    int last = 0;
    for (int at = SegmentFormat.HEADER_BYTES; at < bytes.capacity(); ) {
      before = last;
      last = at;
      at += (int) AlignedBuffers.ceil(ZpageHeader.zpageBytes(bytes, at), unit);
    }
    return before;
  }

  /** The footer is not forced before the next segment is begun. */
  @Test
  void aFooterAloneMayBeMissingAfterACrash() throws IOException {
    MemoryFiles on = killed();
    int objects = recovered(on.copy(), false, FileEncryption.none()).size();
    on.cut(SECOND, endOfRecords(on, SECOND));
    assertThat(check(on).findings()).extracting(Finding::severity).containsOnly(Severity.NOTE);
    assertThat(recovered(on, false, FileEncryption.none())).hasSize(objects);
  }

  @Test
  void nothingIsMissedWhereNoSegmentCameNext() throws IOException {
    MemoryFiles on = killed();
    on.cut(SECOND, endOfRecords(on, SECOND) / 2);
    on.delete(THIRD);
    assertThat(check(on).findings()).extracting(Finding::severity).containsOnly(Severity.NOTE);
    assertThat(recovered(on, false, FileEncryption.none())).isNotEmpty();
  }
}
