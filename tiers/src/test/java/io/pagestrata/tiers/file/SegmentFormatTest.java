// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes that docs/format.md promises, read here with nothing but offsets. */
class SegmentFormatTest {
  private final PlainHost host = new PlainHost();

  private static int crc(ByteBuffer buffer, int start, int bytes) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(start, bytes));
    return (int) crc.getValue();
  }

  @Test
  void headerIsAsSpecified() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    FileTierSettings settings = FileTierSettings.of(Path.of("x"), 64 << 20, 8192);
    UUID id = new UUID(0x0102030405060708L, 0x1112131415161718L);
    Manifest owner = new Manifest(id, 5, 8192, 0, false, 1, List.of(), null, 0);
    SegmentFormat.writeHeader(
        buffer, settings, owner, true, 77, SegmentFormat.Stream.CLEANING, null);

    buffer.order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    buffer.get(0, magic);
    assertThat(magic).isEqualTo(new byte[] {'P', 'S', 'T', 'R', 'A', 'T', 0x1a, 0x0a});
    assertThat(buffer.getInt(8)).isEqualTo(1);
    assertThat(buffer.getShort(12)).isEqualTo((short) 3);
    assertThat(buffer.getShort(14)).isEqualTo((short) 3);
    assertThat(buffer.getLong(16)).isEqualTo(id.getMostSignificantBits());
    assertThat(buffer.getLong(24)).isEqualTo(id.getLeastSignificantBits());
    assertThat(buffer.getLong(32)).isEqualTo(77);
    assertThat(buffer.getInt(40)).isEqualTo(8192);
    assertThat(buffer.getInt(44)).isEqualTo(32);
    assertThat(buffer.getInt(48)).isEqualTo(1 << 20);
    assertThat(buffer.getInt(52)).isEqualTo(1);
    assertThat(buffer.getInt(56)).isEqualTo(1);
    assertThat(buffer.getInt(60)).isEqualTo(6);
    byte[] zstd = new byte[16];
    buffer.get(64 + 2 * 16, zstd);
    assertThat(zstd).startsWith(2, 'z', 's', 't', 'd', 0);
    byte[] fill = new byte[16];
    buffer.get(64 + 3 * 16, fill);
    assertThat(fill).startsWith(3, 'f', 'i', 'l', 'l', 0);
    byte[] dictionary = new byte[16];
    buffer.get(64 + 4 * 16, dictionary);
    assertThat(dictionary).startsWith(4).endsWith("zstd-dictionary".getBytes(US_ASCII));
    byte[] content = new byte[16];
    buffer.get(64 + 5 * 16, content);
    assertThat(content).startsWith(5, 'c', 'o', 'n', 't', 'e', 'n', 't', 0);
    assertThat(buffer.getInt(4088)).isEqualTo(1);
    assertThat(buffer.getInt(4092)).isEqualTo(crc(buffer, 0, 4092));
    assertThat(SegmentFormat.isSegment(buffer)).isTrue();
  }

  /** With a right checksum each, as damage or a bug of another program might make it. */
  @ParameterizedTest
  @CsvSource({
    "40, 8191",
    "40, 131072",
    "40, -2147483648",
    "40, 0",
    "44, 0",
    "44, 16384",
    "48, -1",
    "48, 2147483647",
    "52, 0",
    "52, 1073741824",
    "4036, -1",
    "4036, 257"
  })
  void aHeaderThatNoProgramWritesIsNone(int offset, int value) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    FileTierSettings settings = FileTierSettings.of(Path.of("x"), 64 << 20, 8192);
    SegmentFormat.writeHeader(
        buffer, settings, Manifest.ofNewStore(8192), true, 77, SegmentFormat.Stream.CLEANING, null);
    assertThat(SegmentFormat.readHeader(buffer)).isNotNull();
    buffer.putInt(offset, value).putInt(4092, crc(buffer, 0, 4092));
    assertThat(SegmentFormat.readHeader(buffer)).isNull();
    buffer.putShort(12, (short) 4).putInt(4092, crc(buffer, 0, 4092));
    assertThat(SegmentFormat.readHeader(buffer).readVersion()).as("a newer one may").isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 51 * 16, Integer.MAX_VALUE})
  void aFooterThatHasNoRoomForItsTableIsNone(int entries) {
    RecordTable table = table(PlainHost.newBatch(64), 50);
    int bytes = (int) SegmentFormat.footerBytes(8192, table.bytesWritten(), 16);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    SegmentFormat.writeFooter(buffer, table, 8192, 77, 16);
    int trailer = bytes - 64;
    buffer.putInt(trailer + 8, entries).putInt(trailer + 52, crc(buffer, 0, trailer + 52));
    assertThat(SegmentFormat.readFooter(buffer, 0, bytes, 8192, 77, new RecordTable(16))).isFalse();
  }

  private RecordTable table(ZpageBatch batch, int records) {
    RecordTable table = new RecordTable(16);
    batch.clear();
    for (int i = 0; i < records; i++) {
      host.add(batch, i);
    }
    for (int i = 0; i < records; i++) {
      int next = i + 1 < records ? batch.offset(i + 1) : batch.bytes();
      table.addRecord(batch.data(), batch.offset(i), next - batch.offset(i));
    }
    return table;
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 4096})
  void footerComesBack(int alignment) {
    ZpageBatch batch = PlainHost.newBatch(64);
    RecordTable table = table(batch, 50);
    table.addGap(16 * 40_000);
    int bytes = (int) SegmentFormat.footerBytes(8192, table.bytesWritten(), alignment);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes + 32);
    SegmentFormat.writeFooter(buffer, table, 8192, 77, alignment);
    assertThat((8192 + bytes) % alignment).isZero();

    RecordTable read = new RecordTable(16);
    assertThat(SegmentFormat.readFooter(buffer, 0, bytes, 8192, 77, read)).isTrue();
    assertThat(read.entries()).isEqualTo(52);
    assertThat(read.records()).isEqualTo(50);
    for (int i = 0; i < 50; i++) {
      assertThat(read.isGap(i)).isFalse();
      assertThat(read.bytes(i)).isEqualTo(table.bytes(i));
    }
    assertThat(read.isGap(50)).isTrue();
    assertThat(read.bytes(50) + read.bytes(51)).isEqualTo(16 * 40_000);

    int trailer = bytes - 64;
    assertThat(buffer.getLong(trailer)).isEqualTo(8192);
    assertThat(buffer.getInt(trailer + 8)).isEqualTo(52);
    assertThat(buffer.getInt(trailer + 12)).isEqualTo(50);
    assertThat(buffer.getLong(trailer + 16)).isEqualTo(batch.payloadBytes());
    assertThat(buffer.getLong(trailer + 24)).isEqualTo(1);
    assertThat(buffer.getLong(trailer + 32)).isEqualTo(50);
    assertThat(buffer.getLong(trailer + 40)).isEqualTo(77);
    assertThat(buffer.getInt(trailer + 48)).isZero();
    byte[] magic = new byte[8];
    buffer.get(trailer + 56, magic);
    assertThat(magic).isEqualTo(new byte[] {'P', 'S', 'T', 'E', 'N', 'D', 0x1a, 0x0a});
  }

  @Test
  void footerWithAnyFlippedBitIsRefused() {
    RecordTable table = table(PlainHost.newBatch(64), 20);
    int bytes = (int) SegmentFormat.footerBytes(8192, table.bytesWritten(), 16);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    SegmentFormat.writeFooter(buffer, table, 8192, 77, 16);
    RecordTable read = new RecordTable(16);
    for (int bit = 0; bit < bytes * 8; bit++) {
      buffer.put(bit / 8, (byte) (buffer.get(bit / 8) ^ 1 << bit % 8));
      assertThat(SegmentFormat.readFooter(buffer, 0, bytes, 8192, 77, read)).isFalse();
      buffer.put(bit / 8, (byte) (buffer.get(bit / 8) ^ 1 << bit % 8));
    }
    assertThat(SegmentFormat.readFooter(buffer, 0, bytes, 8192, 78, read)).isFalse();
    assertThat(SegmentFormat.readFooter(buffer, 0, bytes, 8192, 77, read)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 16384, 65536})
  void locatorsHoldEveryPlace(int pageBytes) {
    int unit = ZpageBatch.recordAlignment(pageBytes);
    int segmentBytes = 64 << 20;
    FileLocators locators = new FileLocators(unit, segmentBytes);
    int longest = (ZpageHeader.BYTES + pageBytes + unit - 1) / unit * unit;
    long slots = FileLocators.MAX_POSITION_UNITS * unit / segmentBytes;
    for (int slot : new int[] {0, 1, (int) (slots - 1)}) {
      for (long offset : new long[] {4096, 4096 + unit, segmentBytes - unit}) {
        long locator = locators.pack(slot, offset, longest);
        assertThat(locator).isBetween(0L, (1L << Tier.LOCATOR_BITS) - 1);
        assertThat(locators.slot(locator)).isEqualTo(slot);
        assertThat(locators.offset(locator)).isEqualTo(offset);
        assertThat(locators.bytes(locator)).isEqualTo(longest);
      }
    }
  }
}
