// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import io.pagestrata.core.tier.ZpageHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

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

  static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /**
   * Two ciphers and two records. They work on arrays, and never from an array into itself: the JDK
   * copies what is in direct buffers piece by piece, and what it would overwrite as a whole.
   */
  static final class Worker {
    private static final VarHandle INT =
        MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Cipher encrypting = newCipher();
    private final Cipher decrypting = newCipher();
    private final CRC32C crc = new CRC32C();
    private final byte[] nonce = new byte[NONCE_BYTES];
    private final ByteBuffer nonceFields = ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] source;
    private final byte[] result;

    Worker(int recordBytes) {
      source = new byte[recordBytes];
      result = new byte[recordBytes];
    }

    void setNonce(long place, long position) {
      nonceFields.putLong(0, place).putInt(Long.BYTES, Math.toIntExact(position));
    }

    /** Encrypts or decrypts what follows a header, which may be authenticated too. */
    private void run(
        Cipher cipher, int mode, RecordCipher.Key key, byte[] from, int bytes, byte[] to, int at)
        throws GeneralSecurityException {
      GCMParameterSpec parameters = new GCMParameterSpec(RecordCipher.TAG_BYTES * Byte.SIZE, nonce);
      cipher.init(mode, key.secret(), parameters);
      if (key.authenticatesHeaders()) {
        cipher.updateAAD(from, CHECKED, ZpageHeader.BYTES - CHECKED);
      }
      cipher.doFinal(from, ZpageHeader.BYTES, bytes - ZpageHeader.BYTES, to, at);
    }

    private int checksum(byte[] record, int start, int bytes) {
      crc.reset();
      crc.update(record, start + CHECKED, bytes - CHECKED);
      return (int) crc.getValue();
    }

    private boolean isWhole(byte[] record, int bytes) {
      return (int) INT.get(record, 0) == checksum(record, 0, bytes);
    }

    int seal(
        RecordCipher.Key key,
        ByteBuffer from,
        int offset,
        int availableBytes,
        ByteBuffer to,
        int at)
        throws GeneralSecurityException {
      int bytes = availableBytes < ZpageHeader.BYTES ? 0 : ZpageHeader.zpageBytes(from, offset);
      boolean fits = bytes <= availableBytes && bytes + RecordCipher.TAG_BYTES <= source.length;
      from.get(offset, source, 0, fits ? bytes : ZpageHeader.BYTES);
      if (!fits || !isWhole(source, bytes)) {
        source[0] = (byte) ~source[0];
        to.put(at, source, 0, ZpageHeader.BYTES);
        return ZpageHeader.BYTES;
      }
      int sealedBytes = bytes + RecordCipher.TAG_BYTES;
      byte[] sealed = to.hasArray() ? to.array() : result;
      int start = to.hasArray() ? to.arrayOffset() + at : 0;
      run(encrypting, Cipher.ENCRYPT_MODE, key, source, bytes, sealed, start + ZpageHeader.BYTES);
      System.arraycopy(source, CHECKED, sealed, start + CHECKED, ZpageHeader.BYTES - CHECKED);
      INT.set(sealed, start, checksum(sealed, start, sealedBytes));
      if (!to.hasArray()) {
        to.put(at, sealed, 0, sealedBytes);
      }
      return sealedBytes;
    }

    boolean open(
        RecordCipher.Key key, ByteBuffer memory, int offset, int recordBytes, boolean reseal)
        throws GeneralSecurityException {
      int bytes = recordBytes < ZpageHeader.BYTES ? 0 : ZpageHeader.zpageBytes(memory, offset);
      int sealedBytes = bytes + RecordCipher.TAG_BYTES;
      if (bytes > 0 && sealedBytes <= recordBytes && sealedBytes <= source.length) {
        memory.get(offset, source, 0, sealedBytes);
        if (decrypt(key, source, sealedBytes)) {
          memory.put(
              offset + ZpageHeader.BYTES, result, ZpageHeader.BYTES, bytes - ZpageHeader.BYTES);
          if (reseal) {
            ZpageHeader.seal(memory, offset, crc);
          }
          return true;
        }
      }
      if (bytes > 0 && bytes <= recordBytes) {
        spoil(memory, offset);
      }
      return false;
    }

    boolean open(RecordCipher.Key key, byte[] record, ByteBuffer to)
        throws GeneralSecurityException {
      to.put(0, record, 0, ZpageHeader.BYTES);
      int bytes = ZpageHeader.zpageBytes(to, 0);
      if (bytes + RecordCipher.TAG_BYTES == record.length
          && record.length <= result.length
          && decrypt(key, record, record.length)) {
        to.put(ZpageHeader.BYTES, result, ZpageHeader.BYTES, bytes - ZpageHeader.BYTES);
        return true;
      }
      to.put(0, record);
      if (bytes <= record.length) {
        spoil(to, 0);
      }
      return false;
    }

    /** Whoever made a record that does not open may have made the checksum match. */
    private void spoil(ByteBuffer memory, int offset) {
      ZpageHeader.seal(memory, offset, crc);
      memory.put(offset, (byte) ~memory.get(offset));
    }

    private boolean decrypt(RecordCipher.Key key, byte[] record, int bytes)
        throws GeneralSecurityException {
      if (!isWhole(record, bytes)) {
        return false;
      }
      try {
        run(decrypting, Cipher.DECRYPT_MODE, key, record, bytes, result, ZpageHeader.BYTES);
        return true;
      } catch (AEADBadTagException e) {
        return false;
      }
    }
  }
}
