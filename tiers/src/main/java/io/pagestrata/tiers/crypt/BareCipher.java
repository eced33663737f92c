// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM of the JDK without records around it: what sealing them is measured beside. For one
 * thread.
 */
public final class BareCipher {
  /** What a sealed array is longer by: 16. */
  public static final int TAG_BYTES = RecordCipher.TAG_BYTES;

  private static final int NONCE_BYTES = 12;

  private final SecretKeySpec key =
      new SecretKeySpec(EncryptionKey.randomBytes(EncryptionKey.BYTES), "AES");
  private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES);
  private final Cipher encrypting = CipherPool.newCipher();
  private final Cipher decrypting = CipherPool.newCipher();

  /** Takes a key of its own. */
  public BareCipher() {
    // Everything is made above.
  }

  /**
   * Encrypts an array.
   *
   * @param clear what to encrypt
   * @param sealed takes it, longer by {@link #TAG_BYTES}
   * @param number makes the nonce; another one than at the call before
   */
  public void seal(byte[] clear, byte[] sealed, long number) {
    run(encrypting, Cipher.ENCRYPT_MODE, clear, sealed, number);
  }

  /**
   * Decrypts an array.
   *
   * @param sealed as it was sealed
   * @param clear takes it
   * @param number as it was sealed
   * @throws IllegalStateException when it was not sealed so
   */
  public void open(byte[] sealed, byte[] clear, long number) {
    run(decrypting, Cipher.DECRYPT_MODE, sealed, clear, number);
  }

  private void run(Cipher cipher, int mode, byte[] from, byte[] to, long number) {
    nonce.putLong(0, number);
    try {
      cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce.array()));
      cipher.doFinal(from, 0, from.length, to, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("it was not sealed so", e);
    }
  }
}
