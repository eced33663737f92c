// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

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
 * Lends out ciphers and their buffers, since making one costs more than a page.
 *
 * <p>All keys of a tier share one pool, so its memory does not grow with the runs of a store; a
 * cipher that goes on with the key that it had last is several times as fast. Thread-safe: who has
 * taken a worker owns it.
 */
public final class CipherPool {
  private static final int PROBES = 4;
  private static final int NONCE_BYTES = Long.BYTES + Integer.BYTES;
  private static final int CHECKED = Integer.BYTES;

  private final int recordBytes;
  private final AtomicReferenceArray<Worker> idle = new AtomicReferenceArray<>(places());

  /**
   * Makes an empty pool.
   *
   * @param pageBytes page size, the longest payload
   */
  public CipherPool(int pageBytes) {
    recordBytes = recordBytes(pageBytes);
  }

  private static int recordBytes(int pageBytes) {
    return ZpageHeader.BYTES + pageBytes + RecordCipher.TAG_BYTES;
  }

  private static int places() {
    return Math.max(PROBES, 2 * Runtime.getRuntime().availableProcessors());
  }

  /**
   * Memory of a full pool.
   *
   * @param pageBytes page size
   * @return bytes
   */
  public static long bufferBytes(int pageBytes) {
    return 2L * places() * recordBytes(pageBytes);
  }

  Worker take() {
    int first = System.identityHashCode(Thread.currentThread());
    for (int i = 0; i < PROBES; i++) {
      Worker worker = idle.getAndSet(Math.floorMod(first + i, idle.length()), null);
      if (worker != null) {
        return worker;
      }
    }
    return new Worker(recordBytes);
  }

  void give(Worker worker) {
    int first = System.identityHashCode(Thread.currentThread());
    for (int i = 0; i < PROBES; i++) {
      if (idle.compareAndSet(Math.floorMod(first + i, idle.length()), null, worker)) {
        return;
      }
    }
  }

  /**
   * Two ciphers and two records. They work on arrays: the JDK copies what is in direct buffers
   * piece by piece, and may not decrypt an array into itself.
   */
  static final class Worker {
    private final Cipher encrypting = cipher();
    private final Cipher decrypting = cipher();
    private final CRC32C crc = new CRC32C();
    private final byte[] nonce = new byte[NONCE_BYTES];
    private final ByteBuffer nonceFields = ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] source;
    private final byte[] result;
    private final ByteBuffer resultFields;

    Worker(int recordBytes) {
      source = new byte[recordBytes];
      result = new byte[recordBytes];
      resultFields = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Cipher cipher() {
      try {
        return Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has AES-GCM", e);
      }
    }

    void setNonce(long place, long position) {
      nonceFields.putLong(0, place).putInt(Long.BYTES, Math.toIntExact(position));
    }

    private void init(Cipher cipher, int mode, SecretKeySpec key) throws GeneralSecurityException {
      GCMParameterSpec parameters = new GCMParameterSpec(RecordCipher.TAG_BYTES * Byte.SIZE, nonce);
      cipher.init(mode, key, parameters);
      cipher.updateAAD(source, CHECKED, ZpageHeader.BYTES - CHECKED);
    }

    /** Puts the header of the source, with the checksum of what follows, before the result. */
    private void finish(int bytes) {
      System.arraycopy(source, CHECKED, result, CHECKED, ZpageHeader.BYTES - CHECKED);
      crc.reset();
      crc.update(result, CHECKED, bytes - CHECKED);
      resultFields.putInt(0, (int) crc.getValue());
    }

    int seal(
        SecretKeySpec key, ByteBuffer from, int offset, int availableBytes, ByteBuffer to, int at)
        throws GeneralSecurityException {
      int bytes = ZpageHeader.zpageBytes(from, offset);
      if (bytes + RecordCipher.TAG_BYTES > source.length
          || !ZpageHeader.verify(from, offset, availableBytes, crc)) {
        from.get(offset, source, 0, ZpageHeader.BYTES);
        source[0] = (byte) ~source[0];
        to.put(at, source, 0, ZpageHeader.BYTES);
        return ZpageHeader.BYTES;
      }
      from.get(offset, source, 0, bytes);
      init(encrypting, Cipher.ENCRYPT_MODE, key);
      int sealedBytes =
          ZpageHeader.BYTES
              + encrypting.doFinal(
                  source, ZpageHeader.BYTES, bytes - ZpageHeader.BYTES, result, ZpageHeader.BYTES);
      finish(sealedBytes);
      to.put(at, result, 0, sealedBytes);
      return sealedBytes;
    }

    boolean open(SecretKeySpec key, ByteBuffer memory, int offset, int recordBytes)
        throws GeneralSecurityException {
      int bytes = recordBytes < ZpageHeader.BYTES ? 0 : ZpageHeader.zpageBytes(memory, offset);
      int sealedBytes = bytes + RecordCipher.TAG_BYTES;
      if (bytes > 0 && sealedBytes <= recordBytes && sealedBytes <= source.length) {
        memory.get(offset, source, 0, sealedBytes);
        if (isWhole(sealedBytes) && decrypt(key, bytes)) {
          finish(bytes);
          memory.put(offset, result, 0, bytes);
          return true;
        }
      }
      if (bytes > 0 && bytes <= recordBytes) {
        // Whoever made it may have made the checksum match.
        ZpageHeader.seal(memory, offset, crc);
        memory.put(offset, (byte) ~memory.get(offset));
      }
      return false;
    }

    private boolean isWhole(int bytes) {
      resultFields.put(0, source, 0, CHECKED);
      crc.reset();
      crc.update(source, CHECKED, bytes - CHECKED);
      return resultFields.getInt(0) == (int) crc.getValue();
    }

    private boolean decrypt(SecretKeySpec key, int bytes) throws GeneralSecurityException {
      init(decrypting, Cipher.DECRYPT_MODE, key);
      try {
        decrypting.doFinal(
            source,
            ZpageHeader.BYTES,
            bytes - ZpageHeader.BYTES + RecordCipher.TAG_BYTES,
            result,
            ZpageHeader.BYTES);
        return true;
      } catch (AEADBadTagException e) {
        return false;
      }
    }
  }
}
