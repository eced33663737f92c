// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.ZpageHeader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sealed record opens in its place, with its key, unchanged, and in no other case. */
class RecordCipherTest {
  private static final int PAGE_BYTES = 4096;
  private static final int AT = 48;

  private final CipherPool pool = new CipherPool(PAGE_BYTES);
  private final EncryptionKey key = EncryptionKey.random();
  private final byte[] salt = EncryptionKey.randomBytes(RecordCipher.SALT_BYTES);
  private final RecordCipher cipher = new RecordCipher(key, salt, pool);
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer zpage = ByteBuffer.allocateDirect(2 * PAGE_BYTES);
  private final ByteBuffer record = ByteBuffer.allocateDirect(2 * PAGE_BYTES);
  private long position = 4080;
  private int zpageBytes;
  private int recordBytes;

  @BeforeEach
  void seal() {
    seal(1000);
  }

  private void seal(int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    new Random(payloadBytes).nextBytes(payload);
    zpage.put(ZpageHeader.BYTES, payload);
    ZpageHeader.write(zpage, 0, 1, 2, 3, 4, 1, 0, 12, payloadBytes);
    ZpageHeader.seal(zpage, 0, crc);
    zpageBytes = ZpageHeader.BYTES + payloadBytes;
    position += 16;
    recordBytes = cipher.seal(zpage, 0, zpageBytes, record, AT, 5, position);
    assertThat(recordBytes).isEqualTo(zpageBytes + RecordCipher.TAG_BYTES);
    assertThat(ZpageHeader.verify(record, AT, recordBytes, RecordCipher.TAG_BYTES, crc)).isTrue();
  }

  private void assertOpens() {
    assertThat(cipher.open(record, AT, recordBytes, 5, position)).isTrue();
    assertThat(record.slice(AT, zpageBytes)).isEqualTo(zpage.slice(0, zpageBytes));
  }

  private void assertRefused(RecordCipher by, long place, long position) {
    assertRefused(by, place, position, recordBytes);
  }

  private void assertRefused(RecordCipher by, long place, long position, int availableBytes) {
    byte[] sealed = new byte[recordBytes];
    record.get(AT, sealed);
    assertThat(by.open(record, AT, availableBytes, place, position)).isFalse();
    assertThat(ZpageHeader.verify(record, AT, availableBytes, crc)).isFalse();
    record.put(AT, sealed);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 700, PAGE_BYTES})
  void everyLengthComesBack(int payloadBytes) {
    seal(payloadBytes);
    assertOpens();
  }

  @Test
  void itIsGoodInItsPlaceAndForItsKeyOnly() {
    assertRefused(cipher, 6, position);
    assertRefused(cipher, 5, position + 16);
    assertRefused(new RecordCipher(EncryptionKey.random(), salt, pool), 5, position);
    assertRefused(
        new RecordCipher(key, EncryptionKey.randomBytes(RecordCipher.SALT_BYTES), pool),
        5,
        position);
    assertRefused(RecordCipher.ephemeral(pool), 5, position);
    assertOpens();
  }

  // Whoever keeps headers compares them; all that follows is authenticated as ever.
  @Test
  void behindHeadersTheRestIsGoodInItsPlaceAndUnchangedOnly() {
    RecordCipher behind = RecordCipher.ephemeralBehindHeaders(pool);
    behind.seal(zpage, 0, zpageBytes, record, AT, 7, position);
    assertRefused(behind, 8, position);
    assertRefused(behind, 7, position + 1);
    assertRefused(RecordCipher.ephemeralBehindHeaders(pool), 7, position);
    assertRefused(cipher, 7, position);
    for (int at = ZpageHeader.BYTES; at < recordBytes; at++) {
      byte before = record.get(AT + at);
      record.put(AT + at, (byte) (before ^ 1 << at % 8));
      int checksum = ZpageHeader.crc(record, AT);
      ZpageHeader.seal(record, AT, RecordCipher.TAG_BYTES, crc);
      assertRefused(behind, 7, position);
      record.putInt(AT, Integer.reverseBytes(checksum)).put(AT + at, before);
    }
    assertThat(behind.open(record, AT, recordBytes, 7, position)).isTrue();
    assertThat(record.slice(AT, zpageBytes)).isEqualTo(zpage.slice(0, zpageBytes));
  }

  /** The ciphers of the JDK refuse a nonce that is the very last one, too. */
  @Test
  void theSamePlaceIsRefused() {
    assertThatThrownBy(() -> cipher.seal(zpage, 0, zpageBytes, record, AT, 5, position))
        .isInstanceOf(IllegalStateException.class);
  }

  /** The checksum is made to match, as an attacker would. */
  @Test
  void everyFlippedBitIsFound() {
    for (int at = 0; at < recordBytes; at++) {
      byte before = record.get(AT + at);
      record.put(AT + at, (byte) (before ^ 1 << at % 8));
      assertRefused(cipher, 5, position);
      boolean isLength = at >= 4 && at < 6;
      if (at >= 4 && !isLength) {
        int checksum = ZpageHeader.crc(record, AT);
        ZpageHeader.seal(record, AT, RecordCipher.TAG_BYTES, crc);
        assertRefused(cipher, 5, position);
        record.putInt(AT, Integer.reverseBytes(checksum));
      }
      record.put(AT + at, before);
    }
    assertOpens();
  }

  /** As fsck does, which would mark the page as lost that was read until then. */
  @Test
  void everyFlippedBitSpoilsDecryption() {
    byte[] sealed = new byte[recordBytes];
    record.get(AT, sealed);
    for (int at = 0; at < recordBytes; at++) {
      byte[] flipped = sealed.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      assertThat(decrypts(flipped, 5, position)).as("byte %d", at).isFalse();
    }
    assertThat(decrypts(sealed, 5, position)).isTrue();
    assertThat(decrypts(sealed, 6, position)).isFalse();
    assertThat(decrypts(sealed, 5, position + 16)).isFalse();
    assertThat(decrypts(Arrays.copyOf(sealed, recordBytes - 1), 5, position)).isFalse();
    assertThat(decrypts(sealed, 5, position)).isTrue();
  }

  /** In place and out of an array; what does not open must not pass for a zpage. */
  private boolean decrypts(byte[] sealed, long place, long at) {
    record.put(AT, sealed);
    boolean inPlace = cipher.decrypt(record, AT, sealed.length, place, at);
    ByteBuffer copy = ByteBuffer.allocateDirect(2 * PAGE_BYTES);
    assertThat(cipher.decrypt(sealed, copy, place, at)).isEqualTo(inPlace);
    if (inPlace) {
      int from = Integer.BYTES;
      assertThat(record.slice(AT + from, zpageBytes - from))
          .isEqualTo(zpage.slice(from, zpageBytes - from))
          .isEqualTo(copy.slice(from, zpageBytes - from));
    } else {
      assertThat(ZpageHeader.verify(record, AT, sealed.length, crc)).isFalse();
      assertThat(ZpageHeader.verify(copy, 0, copy.capacity(), crc)).isFalse();
    }
    return inPlace;
  }

  @Test
  void anArrayTakesARecordAsWell() {
    byte[] around = new byte[recordBytes + 2 * AT];
    ByteBuffer within = ByteBuffer.wrap(around, AT / 2, around.length - AT / 2).slice();
    assertThat(cipher.seal(zpage, 0, zpageBytes, within, AT, 5, 8192)).isEqualTo(recordBytes);
    assertThat(cipher.open(within, AT, recordBytes, 5, 8192)).isTrue();
    assertThat(within.slice(AT, zpageBytes)).isEqualTo(zpage.slice(0, zpageBytes));
  }

  @Test
  void aLengthThatDoesNotFitIsRefused() {
    assertThat(cipher.open(record, AT, recordBytes - 1, 5, position)).isFalse();
    assertThat(cipher.open(record, AT, ZpageHeader.BYTES - 1, 5, position)).isFalse();
    record.putShort(AT + 4, (short) 0);
    assertThat(cipher.open(record, AT, record.capacity() - AT, 5, position)).isFalse();
    record.put(AT, zpage, 0, zpageBytes);
    assertRefused(cipher, 5, position, zpageBytes);
  }

  @Test
  void whatWasDamagedBeforeStaysDamaged() {
    zpage.put(100, (byte) ~zpage.get(100));
    assertThat(cipher.seal(zpage, 0, zpageBytes, record, AT, 5, 8192)).isEqualTo(ZpageHeader.BYTES);
    assertRefused(cipher, 5, 8192);
  }

  @Test
  void equalZpagesLookDifferent() {
    ByteBuffer second = ByteBuffer.allocateDirect(recordBytes);
    cipher.seal(zpage, 0, zpageBytes, second, 0, 5, 8192);
    int from = ZpageHeader.BYTES;
    assertThat(second.slice(from, 16)).isNotEqualTo(record.slice(AT + from, 16));
  }

  /** The ciphers of the JDK allocate a little with each new nonce; no buffer of a record does. */
  @Test
  void openingAllocatesLessThanTheRecord() {
    seal(PAGE_BYTES);
    byte[] sealed = new byte[recordBytes];
    record.get(AT, sealed);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 2_000;
    long before = 0;
    for (int round = -rounds; round < rounds; round++) {
      if (round == 0) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      record.put(AT, sealed);
      cipher.open(record, AT, recordBytes, 5, position);
    }
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / rounds).isLessThan(PAGE_BYTES);
  }

  @Test
  void aKeyNeverShowsItself() {
    byte[] bytes = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    assertThat(new EncryptionKey(bytes).toString())
        .contains(EncryptionKey.idText(new EncryptionKey(bytes).id()))
        .doesNotContain("0123456789abcdef")
        .doesNotContain("30313233");
    assertThatThrownBy(() -> new EncryptionKey(new byte[16]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
