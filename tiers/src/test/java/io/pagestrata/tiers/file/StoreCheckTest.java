// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.CheckStoppedException;
import io.pagestrata.core.check.DirectoryInUseException;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Severity;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check finds in segments, and that a repair may be cut off anywhere. */
class StoreCheckTest {
  private static final long OBJECTS = 120;
  private static final String FIRST = "segment-00000001.pss";

  @TempDir private Path room;
  private final MemoryFiles files = new MemoryFiles();
  private final FileTierSettings settings =
      new FileTierSettings(
          Path.of("x"),
          4 << 20,
          FileTierSettings.MIN_SEGMENT_BYTES,
          PlainHost.PAGE_BYTES,
          false,
          0,
          1,
          1,
          Duration.ZERO);
  private final ZpageBatch batch = PlainHost.newBatch(40);

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

  @BeforeEach
  void makeStore() throws IOException {
    PlainHost host = new PlainHost();
    try (FileTier tier = open(files)) {
      host.use(tier);
      tier.log().orElseThrow().recover((pool, object, index, generation, gone, locator) -> {});
      tier.log()
          .orElseThrow()
          .savePools(List.of(new SavedPool(1, "a", "default", false, false)), 2);
      for (int version = 0; version < 2; version++) {
        for (long first = 0; first < OBJECTS; first += 5) {
          host.put(batch, LongStream.range(first, first + 5).toArray());
        }
      }
      tier.log().orElseThrow().markClean(1000);
    }
  }

  private Inspection check(SegmentFiles on, boolean repair) throws IOException {
    return check(on, repair, Long.MAX_VALUE);
  }

  private Inspection check(SegmentFiles on, boolean repair, long mostRecords) throws IOException {
    StoreCheck.Request request = new StoreCheck.Request(FileEncryption.none(), repair, false);
    return StoreCheck.check(on, room, request, CheckProgress.NONE, mostRecords);
  }

  /** Generation of each object by the codec of its newest record; what a start recovers. */
  private Map<Long, Long> recover(SegmentFiles on) throws IOException {
    Map<Long, Long> newest = new HashMap<>();
    try (FileTier tier = open(on)) {
      tier.attach(new PlainHost());
      tier.log()
          .orElseThrow()
          .recover(
              (pool, object, index, generation, gone, locator) ->
                  newest.merge(object, generation, Math::max));
    }
    return newest;
  }

  /** The segments, oldest first. */
  private static List<String> segments(MemoryFiles on) {
    return on.list().stream().filter(SegmentNames::isName).sorted().toList();
  }

  /** Damages what a repair puts right without any loss that nobody can name. */
  private static void damage(MemoryFiles on) {
    List<String> names = segments(on);
    on.flipBit(FIRST, SegmentFormat.HEADER_BYTES + 40);
    on.flipBit(names.get(2), 20);
    // The versions that count are in the younger half.
    on.flipBit(names.get(names.size() - 1), SegmentFormat.HEADER_BYTES + 9);
    on.flipBit(names.get(names.size() - 3), SegmentFormat.HEADER_BYTES + 40);
    swap(on, names.get(names.size() - 1), names.get(names.size() - 2));
  }

  private static void swap(MemoryFiles on, String one, String other) {
    on.rename(one, "between");
    on.rename(other, one);
    on.rename("between", other);
  }

  @Test
  void aWholeStoreHasNoFindingsWhateverFitsInMemory() throws IOException {
    Inspection all = check(files, false);
    assertThat(all.findings()).isEmpty();
    assertThat(all.totals().pages()).isEqualTo(OBJECTS);
    assertThat(all.totals().records()).isEqualTo(2 * OBJECTS);
    assertThat(all.segments().size()).isGreaterThan(3);
    Inspection parts = check(files, false, 17);
    assertThat(parts.findings()).isEmpty();
    assertThat(parts.totals()).isEqualTo(all.totals());
    assertThat(parts.segments()).isEqualTo(all.segments());
    assertThat(parts.pools()).isEqualTo(all.pools()).hasSize(1);
  }

  @Test
  void damageIsFoundInPartsToo() throws IOException {
    damage(files);
    Inspection all = check(files, false);
    assertThat(check(files, false, 17).findings())
        .containsExactlyInAnyOrderElementsOf(all.findings());
    assertThat(all.findings()).extracting(Finding::severity).contains(Severity.DAMAGE);
  }

  @Test
  void aRepairThatIsCutOffAnywhereIsGoneOnWith() throws IOException {
    Map<Long, Long> whole = recover(files.copy());
    damage(files);
    Inspection found = check(files, false);
    assertThat(found.totals().lostPages()).isEqualTo(2);
    List<Finding> harm = harm(found);
    boolean complete = false;
    int steps = 0;
    while (!complete) {
      MemoryFiles copy = files.copy();
      try {
        check(new StoppingFiles(copy, steps), true);
        complete = true;
      } catch (IOException e) {
        assertThat(e).hasMessageEndingWith(": stopped");
        if (copy.list().contains(RepairGuard.NAME)) {
          assertThatThrownBy(() -> open(copy)).hasMessageContaining("was cut off");
        } else {
          // Not begun, or all done but for the force of the end.
          boolean unchanged = e.getMessage().contains("nothing was changed");
          assertThat(harm(check(copy, false)))
              .as("after %d steps", steps)
              .isEqualTo(unchanged ? harm : List.of());
        }
      }
      check(copy, true);
      assertThat(check(copy, false).findings()).as("after %d steps", steps).isEmpty();
      assertThat(recover(copy)).as("after %d steps", steps).isEqualTo(whole);
      assertThat(copy.list()).noneMatch(Repair::isLeftOver);
      steps++;
    }
    assertThat(steps).isGreaterThan(20);
  }

  private static List<Finding> harm(Inspection found) {
    return found.findings().stream().filter(it -> it.severity() != Severity.NOTE).toList();
  }

  @Test
  void aRepairWithoutRoomLeavesTheStoreAsItWas() throws IOException {
    damage(files);
    Map<String, ByteBuffer> before = contents(files);
    for (FaultyFiles.Operation operation :
        List.of(
            FaultyFiles.Operation.WRITE,
            FaultyFiles.Operation.FORCE,
            FaultyFiles.Operation.CREATE)) {
      long operations = 0;
      for (boolean fails = true; fails; operations++) {
        MemoryFiles copy = files.copy();
        try {
          FaultyFiles faulty = new FaultyFiles(copy);
          faulty.fail(operation, operations, 1, FaultyFiles.NO_SPACE);
          check(faulty, true);
          fails = false;
        } catch (IOException e) {
          assertThat(e)
              .hasMessage(
                  "the repair cannot be written, and nothing was changed: " + FaultyFiles.NO_SPACE);
          assertThat(contents(copy)).isEqualTo(before);
        }
      }
      assertThat(operations).as("%s", operation).isGreaterThan(3);
    }
  }

  @Test
  void aRepairAsksForNoMoreRoomThanItsFilesMayTake() throws IOException {
    damage(files);
    long before = files.totalBytes();
    CheckedDirectory directory =
        CheckedDirectory.read(
            files, FileEncryption.none(), true, CheckProgress.NONE, Long.MAX_VALUE);
    Repair repair = new Repair(files, directory, CheckProgress.NONE);
    long needed = repair.neededBytes();
    repair.run();
    // The manifest is written, too, and takes the place of another.
    long written = files.totalBytes() - before;
    assertThat(needed).isBetween(written, written + written / 10);
  }

  @Test
  void aRepairThatIsStoppedLeavesTheStoreAsItWas() throws IOException {
    damage(files);
    Map<String, ByteBuffer> before = contents(files);
    StoreCheck.Request request = new StoreCheck.Request(FileEncryption.none(), true, false);
    boolean complete = false;
    int asked = 0;
    while (!complete) {
      int patience = asked++;
      try {
        StoreCheck.check(files, room, request, stopping(patience), Long.MAX_VALUE);
        complete = true;
      } catch (CheckStoppedException e) {
        assertThat(contents(files)).isEqualTo(before);
      }
    }
    assertThat(asked).as("reads and writes").isGreaterThan(check(files, false).segments().size());
    assertThat(check(files, false).findings()).isEmpty();
  }

  private static Map<String, ByteBuffer> contents(MemoryFiles of) throws IOException {
    Map<String, ByteBuffer> contents = new HashMap<>();
    for (String name : of.list()) {
      contents.put(name, ByteBuffer.wrap(of.bytes(name)));
    }
    return contents;
  }

  private static CheckProgress stopping(int patience) {
    return new CheckProgress() {
      private int left = patience;

      @Override
      public void begin(String phase, long bytes) {}

      @Override
      public void advance(long bytes) {}

      @Override
      public void end() {}

      @Override
      public boolean isStopped() {
        return left-- <= 0;
      }
    };
  }

  @Test
  void aLostPageIsARecordThatNoDecoderAccepts() throws IOException {
    files.flipBit(segments(files).get(4), SegmentFormat.HEADER_BYTES + 16);
    Inspection found = check(files, true);
    assertThat(found.totals().lostPages()).isEqualTo(1);
    Inspection after = check(files, false);
    assertThat(after.findings()).isEmpty();
    assertThat(after.totals().lostPages()).isEqualTo(1);
    assertThat(after.totals().pages()).isEqualTo(OBJECTS - 1);
    List<String> names = segments(files);
    ByteBuffer bytes =
        ByteBuffer.wrap(files.bytes(names.get(names.size() - 1))).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(ZpageHeader.codec(bytes, SegmentFormat.HEADER_BYTES)).isEqualTo(PageCodec.LOST_ID);
  }

  @Test
  void aLostManifestIsMadeFromTheSegments() throws IOException {
    String manifest = files.list().stream().filter(ManifestFiles::isName).findFirst().orElseThrow();
    files.delete(manifest);
    Inspection found = check(files, true);
    assertThat(found.findings()).hasSize(1);
    assertThat(found.findings().get(0).severity()).isEqualTo(Severity.LOSS);
    try (FileTier tier = open(files)) {
      assertThat(tier.log().orElseThrow().pools())
          .containsExactly(new SavedPool(1, "recovered-1", "default", false, false));
      assertThat(tier.log().orElseThrow().nextPool()).isEqualTo(2);
    }
  }

  private Path onDisk() throws IOException {
    Path directory = Files.createDirectory(room.resolve("store"));
    for (String name : files.list()) {
      Files.write(directory.resolve(name), files.bytes(name));
    }
    return directory;
  }

  private static Inspection checkWithoutWriting(Path directory) throws IOException {
    StoreCheck.Request request = new StoreCheck.Request(FileEncryption.none(), false, false);
    return StoreCheck.check(directory, request, CheckProgress.NONE, false);
  }

  @Test
  void aDirectoryThatCannotBeWrittenToIsCheckedAndTheMissingLockTold() throws IOException {
    Path directory = onDisk();
    Inspection found = checkWithoutWriting(directory);
    assertThat(found.totals().pages()).isEqualTo(OBJECTS);
    assertThat(found.left()).isZero();
    assertThat(found.findings()).hasSize(1);
    assertThat(found.findings().get(0).file()).isEqualTo(DirectoryLock.NAME);
    assertThat(directory.resolve(DirectoryLock.NAME)).doesNotExist();
    assertThat(StoreCheck.user(directory)).isEmpty();
  }

  @Test
  void theLockOfADirectoryThatCannotBeWrittenToCountsAsAnyOther() throws IOException {
    Path directory = onDisk();
    try (Closeable lock = new NioSegmentFiles(directory, false).lock()) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> checkWithoutWriting(directory))
          .isInstanceOf(DirectoryInUseException.class);
      assertThat(StoreCheck.user(directory)).isPresent();
    }
    assertThat(checkWithoutWriting(directory).findings()).isEmpty();
    assertThat(StoreCheck.user(directory)).isEmpty();
  }

  /** The trailer is there, and what it says of the footer is impossible. */
  @Test
  void noMemoryIsTakenForTheLengthThatATrailerClaims() throws IOException {
    Path directory = onDisk();
    byte[] bytes = files.bytes(FIRST);
    long length = 3L << 30;
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(FIRST).toFile(), "rw")) {
      file.seek(length - SegmentFormat.TRAILER_BYTES);
      file.write(bytes, bytes.length - SegmentFormat.TRAILER_BYTES, SegmentFormat.TRAILER_BYTES);
    }
    Inspection found = checkWithoutWriting(directory);
    assertThat(found.findings())
        .filteredOn(it -> it.file().equals(FIRST))
        .extracting(Finding::what)
        .containsExactly("the footer is damaged");
    assertThat(found.totals().records()).isEqualTo(2 * OBJECTS);
  }
}
