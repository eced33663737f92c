// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Layout, round trip and checksum of the header in front of every zpage. */
class ZpageHeaderTest {
  private final CRC32C crc = new CRC32C();

  @Test
  void everyFieldComesBackWhateverTheOthersAre() {
    Random random = new Random(1);
    for (int round = 0; round < 5_000; round++) {
      int pool = random.nextInt();
      long object = random.nextLong();
      int index = random.nextInt();
      long generation = random.nextLong();
      int codec = random.nextInt(256);
      int flags = random.nextBoolean() ? ZpageHeader.FLAG_TOMBSTONE : 0;
      int shift = 12 + random.nextInt(5);
      int stored = flags == 0 ? 1 + random.nextInt(65536) : 0;
      int offset = random.nextInt(9);
      ByteBuffer buffer = round % 2 == 0 ? ByteBuffer.allocate(48) : ByteBuffer.allocateDirect(48);
      ZpageHeader.write(
          buffer, offset, pool, object, index, generation, codec, flags, shift, stored);
      assertThat(ZpageHeader.pool(buffer, offset)).isEqualTo(pool);
      assertThat(ZpageHeader.object(buffer, offset)).isEqualTo(object);
      assertThat(ZpageHeader.index(buffer, offset)).isEqualTo(index);
      assertThat(ZpageHeader.generation(buffer, offset)).isEqualTo(generation);
      assertThat(ZpageHeader.codec(buffer, offset)).isEqualTo(codec);
      assertThat(ZpageHeader.flags(buffer, offset)).isEqualTo(flags);
      assertThat(ZpageHeader.pageShift(buffer, offset)).isEqualTo(shift);
      assertThat(ZpageHeader.storedBytes(buffer, offset)).isEqualTo(stored);
      assertThat(ZpageHeader.zpageBytes(buffer, offset)).isEqualTo(32 + stored);
      assertThat(ZpageHeader.isFor(buffer, offset, pool, object, index)).isTrue();
      assertThat(ZpageHeader.isFor(buffer, offset, pool ^ 1, object, index)).isFalse();
      assertThat(ZpageHeader.isFor(buffer, offset, pool, object ^ 1, index)).isFalse();
      assertThat(ZpageHeader.isFor(buffer, offset, pool, object, index ^ 1)).isFalse();
    }
  }

  @Test
  void theBytesAreLittleEndianAtTheirDocumentedPlaces() {
    ByteBuffer buffer = ByteBuffer.allocate(40).order(ByteOrder.BIG_ENDIAN);
    int pool = 0x0d0c_0b0a;
    ZpageHeader.write(
        buffer,
        0,
        pool,
        0x1817_1615_1413_1211L,
        0x2423_2221,
        0x3837_3635_3433_3231L,
        0x41,
        0x10,
        14,
        0x5251);
    ByteBuffer seen = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(seen.getShort(4)).isEqualTo((short) 0x5251);
    assertThat(seen.get(6)).isEqualTo((byte) 0x41);
    assertThat(seen.get(7)).isEqualTo((byte) 0x12);
    assertThat(seen.getLong(8)).isEqualTo(0x3837_3635_3433_3231L);
    assertThat(seen.getLong(16)).isEqualTo(0x1817_1615_1413_1211L);
    assertThat(seen.getInt(24)).isEqualTo(0x2423_2221);
    assertThat(seen.getInt(28)).isEqualTo(pool);
  }

  @Test
  void anySingleFlippedBitIsFound() {
    int stored = 200;
    ByteBuffer buffer = ByteBuffer.allocateDirect(3 + ZpageHeader.BYTES + stored);
    new Random(2).ints(stored).forEach(i -> buffer.put(35 + Math.abs(i % stored), (byte) i));
    ZpageHeader.write(buffer, 3, 1, 2, 3, 4, 5, 0, 12, stored);
    ZpageHeader.seal(buffer, 3, crc);
    int available = ZpageHeader.BYTES + stored;
    assertThat(ZpageHeader.verify(buffer, 3, available, crc)).isTrue();
    for (int bit = 0; bit < available * 8; bit++) {
      int at = 3 + bit / 8;
      buffer.put(at, (byte) (buffer.get(at) ^ 1 << bit % 8));
      assertThat(ZpageHeader.verify(buffer, 3, available, crc)).as("bit %d", bit).isFalse();
      buffer.put(at, (byte) (buffer.get(at) ^ 1 << bit % 8));
    }
    assertThat(ZpageHeader.verify(buffer, 3, available, crc)).isTrue();
    assertThat(ZpageHeader.crc(buffer, 3)).isNotZero();
  }

  @Test
  void sealAndVerifyLeavePositionAndLimitAlone() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(200).limit(150).position(7);
    ZpageHeader.write(buffer, 50, 1, 2, 3, 4, 5, 0, 12, 60);
    ZpageHeader.seal(buffer, 50, crc);
    assertThat(ZpageHeader.verify(buffer, 50, 92, crc)).isTrue();
    assertThat(buffer.position()).isEqualTo(7);
    assertThat(buffer.limit()).isEqualTo(150);
  }

  @Test
  void aHeaderThatClaimsMoreThanIsThereIsDamaged() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(ZpageHeader.BYTES + 100);
    ZpageHeader.write(buffer, 0, 1, 2, 3, 4, 5, 0, 12, 100);
    ZpageHeader.seal(buffer, 0, crc);
    assertThat(ZpageHeader.verify(buffer, 0, 132, crc)).isTrue();
    for (int available = 0; available < 132; available++) {
      assertThat(ZpageHeader.verify(buffer, 0, available, crc)).isFalse();
    }
  }

  @Test
  void aPayloadOf64KibIsToldFromTheEmptyOneOfATombstone() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(ZpageHeader.BYTES + 65536);
    ZpageHeader.write(buffer, 0, 1, 2, 3, 4, 0, 0, 16, 65536);
    assertThat(ZpageHeader.storedBytes(buffer, 0)).isEqualTo(65536);
    ZpageHeader.seal(buffer, 0, crc);
    buffer.put(buffer.capacity() - 1, (byte) 1);
    assertThat(ZpageHeader.verify(buffer, 0, buffer.capacity(), crc)).isFalse();
    ZpageHeader.write(buffer, 0, 1, 2, 3, 4, 0, ZpageHeader.FLAG_TOMBSTONE, 16, 0);
    assertThat(ZpageHeader.storedBytes(buffer, 0)).isZero();
    ZpageHeader.seal(buffer, 0, crc);
    assertThat(ZpageHeader.verify(buffer, 0, ZpageHeader.BYTES, crc)).isTrue();
  }
}
