// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and opens the records of one run with AES-256-GCM.
 *
 * <pre>
 *  record                 0 | zpage header, its CRC32C over all that follows
 *                        32 | payload, encrypted          | 16 bytes tag
 *  nonce                  0 | u64 place                   8 | u32 position in it
 *  authenticated too      bytes 4 to 31 of the header, unless those are kept elsewhere
 * </pre>
 *
 * <p>The place, such as a segment, and the position are given by the tier, which must never give
 * the same two twice. Header and checksum stay readable, so recovery and cleaning need not open
 * what they only look at, and damage is told from a wrong key. Thread-safe.
 */
public final class RecordCipher {
  /** What a record is longer than its zpage: 16. */
  public static final int TAG_BYTES = 16;

  /** Random bytes from which, with a key, the key of a run is made: 32. */
  public static final int SALT_BYTES = 32;

  /** Key of the run, and whether it authenticates headers. */
  record Key(SecretKeySpec secret, boolean authenticatesHeaders) {}

  private final long keyId;
  private final Key key;
  private final CipherPool pool;

  /**
   * Derives the key of a run.
   *
   * @param key given key
   * @param salt random bytes of the run
   * @param pool lends the ciphers
   */
  public RecordCipher(EncryptionKey key, byte[] salt, CipherPool pool) {
    this(key, salt, pool, true);
  }

  private RecordCipher(
      EncryptionKey key, byte[] salt, CipherPool pool, boolean authenticatesHeaders) {
    keyId = key.id();
    this.key = new Key(key.runKey(salt), authenticatesHeaders);
    this.pool = pool;
  }

  /**
   * Makes a cipher with a key that is nowhere but in it.
   *
   * @param pool lends the ciphers
   * @return a cipher that opens only what it sealed
   */
  public static RecordCipher ephemeral(CipherPool pool) {
    return new RecordCipher(EncryptionKey.random(), EncryptionKey.randomBytes(SALT_BYTES), pool);
  }

  /**
   * The same for who keeps the header of each record and compares it with that of the record, as a
   * whole, before opening that: the header itself is not authenticated, which takes a fifth less.
   *
   * @param pool lends the ciphers
   * @return a cipher that opens only what it sealed
   */
  public static RecordCipher ephemeralBehindHeaders(CipherPool pool) {
    return new RecordCipher(
        EncryptionKey.random(), EncryptionKey.randomBytes(SALT_BYTES), pool, false);
  }

  /**
   * Which key the key of the run was derived from.
   *
   * @return id of that key
   */
  public long keyId() {
    return keyId;
  }

  /**
   * Makes the record of a zpage. Must be called once at most for each place and position. Of a
   * zpage that is damaged already only the header is written, so that it stays damaged.
   *
   * @param from holds the zpage
   * @param offset first byte of its header
   * @param availableBytes bytes that the zpage may have
   * @param to takes the record, which may be longer than the zpage by {@link #TAG_BYTES}
   * @param at where it takes it
   * @param place first part of the nonce
   * @param position second part of the nonce, below 2^31
   * @return length without padding; {@link ZpageHeader#BYTES} for one that is damaged, and only
   *     then
   */
  public int seal(
      ByteBuffer from,
      int offset,
      int availableBytes,
      ByteBuffer to,
      int at,
      long place,
      long position) {
    CipherPool.Worker worker = pool.take();
    try {
      worker.setNonce(place, position);
      return worker.seal(key, from, offset, availableBytes, to, at);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot encrypt", e);
    } finally {
      pool.give(worker);
    }
  }

  /**
   * Turns a record into its zpage, in place.
   *
   * @param memory holds the record
   * @param offset first byte of its header
   * @param recordBytes bytes that the record may have
   * @param place as it was sealed
   * @param position as it was sealed
   * @return false when these bytes were not sealed for this place with this key; the checksum does
   *     not match then
   */
  public boolean open(ByteBuffer memory, int offset, int recordBytes, long place, long position) {
    return open(null, memory, offset, recordBytes, place, position, true);
  }

  /**
   * Turns a record into its zpage, in place, but for the checksum, which stays that of the record.
   *
   * @param memory holds the record
   * @param offset first byte of its header
   * @param recordBytes bytes that the record may have
   * @param place as it was sealed
   * @param position as it was sealed
   * @return false as for {@link #open}; the checksum does not match then
   */
  public boolean decrypt(
      ByteBuffer memory, int offset, int recordBytes, long place, long position) {
    return open(null, memory, offset, recordBytes, place, position, false);
  }

  /**
   * The same from an array that is exactly the record.
   *
   * @param record stays as it is
   * @param to takes the zpage from byte 0 on, or the record when it does not open
   * @param place as it was sealed
   * @param position as it was sealed
   * @return false as for {@link #open}; the checksum does not match then
   */
  public boolean decrypt(byte[] record, ByteBuffer to, long place, long position) {
    return open(record, to, 0, record.length, place, position, false);
  }

  /** Opens an array or, when that is null, what is in memory. */
  private boolean open(
      byte[] record,
      ByteBuffer memory,
      int offset,
      int recordBytes,
      long place,
      long position,
      boolean reseal) {
    CipherPool.Worker worker = pool.take();
    try {
      worker.setNonce(place, position);
      return record == null
          ? worker.open(key, memory, offset, recordBytes, reseal)
          : worker.open(key, record, memory);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot decrypt", e);
    } finally {
      pool.give(worker);
    }
  }
}
