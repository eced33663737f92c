// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.WriteBudget;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small files that say what no program writes, with a checksum that is right: lengths, numbers and
 * texts out of any bounds. Each is read as something possible, counts as damaged, or is refused
 * with a message; none takes more memory than a file of its length may.
 */
class ForgedFilesTest {
  private static final int ROUNDS = 20_000;
  private static final long MOST_BYTES = 4 << 20;
  private static final int LENGTH_OFFSET = 44;
  private static final int POOLS_OFFSET = 68;
  private static final int DICTIONARY_LENGTH_OFFSET = 40;
  private static final int DICTIONARY_RECORD_OFFSET = 128;

  private final Random random = new Random(44);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @FunctionalInterface
  private interface Reading {
    void read(ByteBuffer bytes) throws IOException;
  }

  private void bounded(byte[] bytes, Reading reading) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      reading.read(buffer);
    } catch (IOException told) {
      assertThat(told).hasMessageContaining("version");
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
  }

  private int anyValue() {
    int[] values = {
      0, 1, -1, 2, 17, 1 << 16, Integer.MAX_VALUE, Integer.MAX_VALUE - 8, Integer.MIN_VALUE
    };
    int one = random.nextInt(values.length + 1);
    return one < values.length ? values[one] : random.nextInt();
  }

  private static void seal(byte[] bytes, int end) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(end, SegmentFormat.crc(buffer, 0, end));
  }

  private static Manifest manifest() {
    TreeMap<Long, ListedSegment> segments = new TreeMap<>();
    segments.put(3L, new ListedSegment(5000, 77));
    segments.put(4L, new ListedSegment(0, 0));
    return Manifest.ofNewStore(4096)
        .withPools(
            List.of(
                new SavedPool(1, "one", "default", false, false),
                new SavedPool(7, "seven", "somebody", true, false)),
            9)
        .withLastSequence(5)
        .clean(1234, segments);
  }

  @Test
  void aManifest() {
    Manifest manifest = manifest();
    String name = ManifestFiles.name(manifest);
    ByteBuffer encoded = manifest.encode();
    byte[] right = new byte[encoded.limit()];
    encoded.get(right);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = right.clone();
      ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int length = fields.getInt(LENGTH_OFFSET);
      for (int left = 1 + random.nextInt(2); left > 0; left--) {
        fields.putInt(12 + random.nextInt(length - 16), anyValue());
      }
      int now = fields.getInt(LENGTH_OFFSET);
      boolean inside = now >= POOLS_OFFSET + 4 && now <= bytes.length;
      seal(bytes, (inside ? now : length) - 4);
      Manifest[] read = new Manifest[1];
      bounded(bytes, buffer -> read[0] = Manifest.decode(buffer, name));
      refused += read[0] == null ? 1 : 0;
      if (read[0] != null) {
        // What is believed can be written again.
        Manifest again = read[0];
        bounded(bytes, buffer -> assertThat(again.encode().limit()).isPositive());
        assertThat(again.nextPool()).isPositive();
        assertThat(again.pools()).allMatch(pool -> pool.id() < again.nextPool());
      }
    }
    assertThat(refused).isBetween(ROUNDS / 10, ROUNDS);
  }

  @Test
  void theLengthOfATextIsNotBelieved() throws IOException {
    Manifest manifest = manifest();
    for (int claimed : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 100_000}) {
      ByteBuffer encoded = manifest.encode();
      byte[] bytes = new byte[encoded.limit()];
      encoded.get(bytes);
      ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      fields.putInt(POOLS_OFFSET + Integer.BYTES, claimed);
      seal(bytes, fields.getInt(LENGTH_OFFSET) - 4);
      assertThat(Manifest.decode(fields, ManifestFiles.name(manifest))).isNull();
    }
  }

  @Test
  void aDictionary() throws IOException {
    UUID storeId = UUID.randomUUID();
    DictionaryFormat format =
        new DictionaryFormat(storeId, new SegmentKeys(FileEncryption.none(), 4096));
    byte[] content = new byte[500];
    random.nextBytes(content);
    ByteBuffer encoded = format.encode(new SavedDictionary(3, 1, content)).clear();
    byte[] right = new byte[encoded.limit()];
    encoded.get(right);
    String name = DictionaryFormat.name(3);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = right.clone();
      ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int at = round % 2 == 0 ? DICTIONARY_LENGTH_OFFSET : 12 + random.nextInt(160);
      fields.putInt(at, round % 4 == 0 ? random.nextInt(bytes.length) : anyValue());
      long end =
          DICTIONARY_RECORD_OFFSET + (fields.getInt(DICTIONARY_LENGTH_OFFSET) & 0xffff_ffffL);
      if (end + 4 <= bytes.length) {
        seal(bytes, (int) end);
      }
      bounded(
          bytes,
          buffer -> {
            if (format.isWhole(buffer, name) && DictionaryFormat.seal(buffer) == null) {
              format.decode(buffer, name);
            }
          });
    }
  }

  @Test
  void aFileHeader() {
    FileTierSettings settings = HeaderSalvage.settings(4096, 1 << 20);
    ByteBuffer made = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    SegmentFormat.writeHeader(
        made, settings, manifest(), true, 5, SegmentFormat.Stream.CLEANING, null);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = made.array().clone();
      int at = round % 2 == 0 ? 32 + random.nextInt(28) : 4000 + random.nextInt(80);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, anyValue());
      seal(bytes, SegmentFormat.HEADER_BYTES - 4);
      bounded(
          bytes,
          buffer -> {
            SegmentFormat.Header header = SegmentFormat.readHeader(buffer);
            if (header != null) {
              assertThat(header.segmentBytes())
                  .isLessThanOrEqualTo(FileTierSettings.MAX_SEGMENT_BYTES);
              assertThat(header.unitBytes()).isEqualTo(header.pageBytes() / 256);
              assertThat(header.blockBytes()).isIn(1, AlignedBuffers.BLOCK_BYTES);
            }
          });
    }
  }

  /** Most of it is a hole, so that it takes no room on the disk. */
  @Test
  void aBudgetFileThatIsLongerThanMemory(@TempDir Path directory) throws IOException {
    Path file = directory.resolve(BudgetFile.NAME);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 1L << 36);
    }
    WriteBudget budget =
        new WriteBudget(
            "file", WriteBudget.NO_LIMIT, 1 << 20, System::nanoTime, InstantSource.system());
    bounded(
        new byte[0],
        nothing -> new BudgetFile(directory, List.of(budget), System::nanoTime).load());
    assertThat(budget.stats().usedTodayBytes()).isZero();
    assertThat(Files.size(file)).isGreaterThan(1L << 36);
  }
}
