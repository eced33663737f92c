// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.core.check.Severity;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * After a stop in order the manifest names every segment, where its records end and its footer: a
 * start and a check miss whatever was cut off, taken away or put in the place of another since.
 */
class CleanMarkTest {
  private static final int PER_BATCH = 5;
  private static final int CUTS = 12;
  private static final long GENERATIONS = 1 << 20;

  private final FileTierSettings settings =
      new FileTierSettings(
          Path.of("x"),
          8 << 20,
          FileTierSettings.MIN_SEGMENT_BYTES,
          PlainHost.PAGE_BYTES,
          false,
          0,
          1,
          1,
          Duration.ZERO);
  private final MemoryFiles files = new MemoryFiles();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(40);
  private Map<Long, Long> newest;

  private FileTier open(SegmentFiles on) throws IOException {
    return FileTier.durable(
        settings,
        FileEncryption.none(),
        0,
        System::nanoTime,
        on,
        FileWear.unlimited(),
        IndexMode.OFF);
  }

  private static PageLog log(FileTier tier) {
    return tier.log().orElseThrow();
  }

  /** One run of the store that puts some objects again and stops in order. */
  private void run(MemoryFiles on, long first, long last) throws IOException {
    try (FileTier tier = open(on)) {
      host.use(tier);
      host.table.clear();
      log(tier).recover((pool, object, index, generation, gone, locator) -> {});
      log(tier).savePools(List.of(new SavedPool(1, "a", "default", false, false)), 2);
      for (long object = first; object < last; object += PER_BATCH) {
        host.put(batch, LongStream.range(object, object + PER_BATCH).toArray());
      }
      log(tier).markClean(GENERATIONS);
    }
  }

  private Map<Long, Long> recover(MemoryFiles on) throws IOException {
    Map<Long, Long> found = new HashMap<>();
    try (FileTier tier = open(on)) {
      tier.attach(new PlainHost());
      log(tier)
          .recover(
              (pool, object, index, generation, gone, locator) ->
                  found.merge(object, generation, Math::max));
    }
    return found;
  }

  private static Inspection check(MemoryFiles on, boolean repair) throws IOException {
    StoreCheck.Request request = new StoreCheck.Request(FileEncryption.none(), repair, repair);
    return StoreCheck.check(on, Path.of("."), request, CheckProgress.NONE, Long.MAX_VALUE);
  }

  private static List<String> segments(MemoryFiles of) {
    return of.list().stream().filter(SegmentNames::isName).sorted().toList();
  }

  @BeforeEach
  void makeStore() throws IOException {
    run(files, 0, 120);
    run(files, 0, 60);
    newest = recover(files.copy());
    assertThat(segments(files)).hasSizeGreaterThan(4);
    assertThat(check(files.copy(), false).findings()).isEmpty();
  }

  @Test
  void aSegmentThatWasCutOffAnywhereIsFoundAndNothingOlderComesBack() throws IOException {
    Random random = new Random(43);
    for (String name : segments(files)) {
      int bytes = files.bytes(name).length;
      for (int i = 0; i < CUTS; i++) {
        int cut = i == 0 ? bytes - 1 : i == 1 ? bytes - 64 : random.nextInt(bytes);
        MemoryFiles on = files.copy();
        on.cut(name, cut);
        assertThat(check(on.copy(), false).findings())
            .as("%s cut off at %d of %d", name, cut, bytes)
            .extracting(Finding::severity)
            .contains(cut <= endOfRecords(name) - 1 ? Severity.LOSS : Severity.DAMAGE);
        assertNothingOlder(on);
        check(on, true);
        assertThat(check(on, false).findings()).isEmpty();
        recover(on);
      }
    }
  }

  private long endOfRecords(String name) throws IOException {
    Manifest manifest = new ManifestFiles(files).load();
    return manifest.segments().get(SegmentNames.sequence(name)).end();
  }

  /** A start refuses, or has the newest of everything. */
  private void assertNothingOlder(MemoryFiles on) {
    Map<Long, Long> found;
    try {
      found = recover(on.copy());
    } catch (IOException refused) {
      assertThat(refused).hasMessageContaining("segment");
      return;
    }
    assertThat(found).isEqualTo(newest);
  }

  @Test
  void aSegmentThatIsGoneIsMissed() throws IOException {
    for (String name : segments(files)) {
      MemoryFiles on = files.copy();
      on.delete(name);
      assertThat(check(on, false).findings())
          .extracting(Finding::remedy)
          .containsExactly(Remedy.NEEDS_ACCEPTANCE);
      assertThatThrownBy(() -> recover(on)).hasMessageContaining("is missing");
    }
  }

  // Forbidden: a copy of the directory goes on by itself, and one of its segments comes to stand in
  // the place of the one with the same number: whole, of the same store, and as long.
  @Test
  void theSegmentOfACopyThatWentOnByItselfIsToldFromTheRightOne() throws IOException {
    MemoryFiles other = files.copy();
    run(files, 0, 60);
    Map<Long, Long> right = recover(files.copy());
    run(other, 60, 120);
    int taken = 0;
    for (String name : segments(files)) {
      boolean differs =
          segments(other).contains(name) && !Arrays.equals(files.bytes(name), other.bytes(name));
      if (differs) {
        MemoryFiles on = files.copy();
        on.put(name, other.bytes(name));
        assertThat(check(on, false).findings())
            .as(name)
            .anyMatch(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE && it.file().equals(name));
        assertThatThrownBy(() -> recover(on.copy())).hasMessageContaining(name);
        assertThat(check(on, true).left()).isZero();
        assertThat(check(on, false).findings()).isEmpty();
        assertThat(on.list()).contains(name + SegmentNames.ASIDE);
        // What is left is as it was; what is gone was told.
        Map<Long, Long> left = recover(on);
        left.forEach(
            (object, generation) -> assertThat(generation).isLessThanOrEqualTo(right.get(object)));
        taken++;
      }
    }
    assertThat(taken).isGreaterThan(1);
  }

  @Test
  void manifestsThatSayNothingOfFootersAreRead() throws IOException {
    Manifest manifest = new ManifestFiles(files).load();
    assertThat(manifest.segments().values()).noneMatch(one -> one.footerChecksum() == 0);
    ByteBuffer bytes = ByteBuffer.wrap(files.bytes(ManifestFiles.name(manifest)));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.getInt(44) - manifest.segments().size() * Integer.BYTES;
    bytes.putInt(44, length);
    bytes.putInt(length - 4, SegmentFormat.crc(bytes, 0, length - 4));
    Manifest older = Manifest.decode(bytes, ManifestFiles.name(manifest));
    assertThat(older.lastSequence()).isEqualTo(manifest.lastSequence());
    assertThat(older.segments().keySet()).isEqualTo(manifest.segments().keySet());
    assertThat(older.segments().values()).allMatch(one -> one.footerChecksum() == 0);
  }
}
