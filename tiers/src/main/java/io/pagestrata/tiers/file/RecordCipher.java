// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and opens the records of one run with AES-256-GCM.
 *
 * <pre>
 *  record                 0 | zpage header, its CRC32C over all that follows
 *                        32 | payload, encrypted          | 16 bytes tag
 *  nonce                  0 | u64 sequence of the segment 8 | u32 position in the file
 *  authenticated too      bytes 4 to 31 of the header
 * </pre>
 *
 * <p>Header and checksum stay readable, so recovery and cleaning need not open what they only look
 * at, and damage is told from a wrong key. Ciphers are made once and lent out, since making one
 * costs more than a page; they work on arrays, which the JDK treats better than direct buffers.
 * Thread-safe.
 */
final class RecordCipher {
  static final int TAG_BYTES = 16;

  private static final int NONCE_BYTES = Long.BYTES + Integer.BYTES;
  private static final int PROBES = 4;

  private final long keyId;
  private final SecretKeySpec key;
  private final int mostPayloadBytes;
  private final AtomicReferenceArray<Worker> idle =
      new AtomicReferenceArray<>(Math.max(PROBES, 2 * Runtime.getRuntime().availableProcessors()));

  /**
   * Takes a key that encrypts in this run only.
   *
   * @param keyId id of the key that it was derived from
   */
  RecordCipher(long keyId, SecretKeySpec key, int pageBytes) {
    this.keyId = keyId;
    this.key = key;
    mostPayloadBytes = pageBytes;
  }

  /** Id of the key that the key of the run was derived from. */
  long keyId() {
    return keyId;
  }

  /**
   * Makes the record of a zpage. Must be called once at most for each place. Of a zpage that is
   * damaged already only the header is written, so that it stays damaged.
   *
   * @param availableBytes bytes that the zpage may have
   * @param sequence of the segment that the record is for
   * @param position where it will be in the file
   * @return length without padding
   */
  int seal(
      ByteBuffer from,
      int offset,
      int availableBytes,
      ByteBuffer to,
      int at,
      long sequence,
      long position) {
    Worker worker = take();
    try {
      return worker.seal(from, offset, availableBytes, to, at, sequence, position);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot encrypt", e);
    } finally {
      give(worker);
    }
  }

  /**
   * Turns a record into its zpage, in place.
   *
   * @return false when these bytes were not sealed for this place with this key; the checksum does
   *     not match then
   */
  boolean open(ByteBuffer memory, int offset, int recordBytes, long sequence, long position) {
    Worker worker = take();
    try {
      return worker.open(memory, offset, recordBytes, sequence, position);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot decrypt", e);
    } finally {
      give(worker);
    }
  }

  private Worker take() {
    int first = System.identityHashCode(Thread.currentThread());
    for (int i = 0; i < PROBES; i++) {
      Worker worker = idle.getAndSet(Math.floorMod(first + i, idle.length()), null);
      if (worker != null) {
        return worker;
      }
    }
    return new Worker();
  }

  private void give(Worker worker) {
    int first = System.identityHashCode(Thread.currentThread());
    for (int i = 0; i < PROBES; i++) {
      if (idle.compareAndSet(Math.floorMod(first + i, idle.length()), null, worker)) {
        return;
      }
    }
  }

  /** Ciphers and arrays of whoever has taken it. */
  private final class Worker {
    private final Cipher encrypting = cipher();
    private final Cipher decrypting = cipher();
    private final CRC32C crc = new CRC32C();
    private final byte[] nonce = new byte[NONCE_BYTES];
    private final ByteBuffer nonceFields = ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] header = new byte[ZpageHeader.BYTES];
    private final byte[] source = new byte[mostPayloadBytes + TAG_BYTES];
    private final byte[] result = new byte[mostPayloadBytes + TAG_BYTES];

    private Cipher cipher() {
      try {
        return Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has AES-GCM", e);
      }
    }

    private void init(
        Cipher cipher, int mode, ByteBuffer memory, int offset, long sequence, long position)
        throws GeneralSecurityException {
      nonceFields.putLong(0, sequence).putInt(Long.BYTES, Math.toIntExact(position));
      cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
      memory.get(offset, header);
      cipher.updateAAD(header, Integer.BYTES, ZpageHeader.BYTES - Integer.BYTES);
    }

    int seal(
        ByteBuffer from,
        int offset,
        int availableBytes,
        ByteBuffer to,
        int at,
        long sequence,
        long position)
        throws GeneralSecurityException {
      int bytes = ZpageHeader.storedBytes(from, offset);
      if (!ZpageHeader.verify(from, offset, availableBytes, crc) || bytes > mostPayloadBytes) {
        from.get(offset, header);
        to.put(at, header);
        to.put(at, (byte) ~header[0]);
        return ZpageHeader.BYTES;
      }
      init(encrypting, Cipher.ENCRYPT_MODE, from, offset, sequence, position);
      from.get(offset + ZpageHeader.BYTES, source, 0, bytes);
      int sealedBytes = encrypting.doFinal(source, 0, bytes, result, 0);
      to.put(at, header).put(at + ZpageHeader.BYTES, result, 0, sealedBytes);
      ZpageHeader.seal(to, at, TAG_BYTES, crc);
      return ZpageHeader.BYTES + sealedBytes;
    }

    boolean open(ByteBuffer memory, int offset, int recordBytes, long sequence, long position)
        throws GeneralSecurityException {
      int bytes = ZpageHeader.storedBytes(memory, offset);
      boolean opened =
          bytes <= mostPayloadBytes
              && ZpageHeader.verify(memory, offset, recordBytes, TAG_BYTES, crc)
              && decrypt(memory, offset, bytes, sequence, position);
      if (ZpageHeader.BYTES + bytes <= recordBytes) {
        ZpageHeader.seal(memory, offset, crc);
        if (!opened) {
          memory.put(offset, (byte) ~memory.get(offset));
        }
      }
      return opened;
    }

    private boolean decrypt(ByteBuffer memory, int offset, int bytes, long sequence, long position)
        throws GeneralSecurityException {
      init(decrypting, Cipher.DECRYPT_MODE, memory, offset, sequence, position);
      memory.get(offset + ZpageHeader.BYTES, source, 0, bytes + TAG_BYTES);
      try {
        decrypting.doFinal(source, 0, bytes + TAG_BYTES, result, 0);
      } catch (AEADBadTagException e) {
        return false;
      }
      memory.put(offset + ZpageHeader.BYTES, result, 0, bytes);
      return true;
    }
  }
}
