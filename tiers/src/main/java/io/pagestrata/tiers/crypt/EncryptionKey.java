// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret of 256 bits from which a tier derives the keys of its runs. Immutable; never shows its
 * bytes.
 */
public final class EncryptionKey {
  /** Length of a key: 32. */
  public static final int BYTES = 32;

  private static final String MAC = "HmacSHA256";
  private static final byte[] ID_LABEL = label("pagestrata key id");
  private static final byte[] RUN_LABEL = label("pagestrata run key");

  private final SecretKeySpec secret;
  private final long id;

  /**
   * Takes a key.
   *
   * @param bytes {@link #BYTES} of them, copied
   * @throws IllegalArgumentException when there are fewer or more
   */
  public EncryptionKey(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a key has " + BYTES + " bytes, not " + bytes.length);
    }
    secret = new SecretKeySpec(bytes, MAC);
    id = ByteBuffer.wrap(derive(ID_LABEL, new byte[0])).getLong();
  }

  /**
   * Makes a key that nobody else has.
   *
   * @return a random key
   */
  public static EncryptionKey random() {
    return new EncryptionKey(randomBytes(BYTES));
  }

  /**
   * Draws random bytes.
   *
   * @param count how many
   * @return bytes that nobody can foresee
   */
  public static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /**
   * Tells the key from others without giving it away.
   *
   * @return 64 bits that segments name
   */
  public long id() {
    return id;
  }

  /** Key of the runs that drew this salt. */
  SecretKeySpec runKey(byte[] salt) {
    return new SecretKeySpec(derive(RUN_LABEL, salt), "AES");
  }

  private byte[] derive(byte[] label, byte[] salt) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(secret);
      mac.update(label);
      return mac.doFinal(salt);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + MAC, e);
    }
  }

  private static byte[] label(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The id as messages show it.
   *
   * @param id id of a key
   * @return 16 hexadecimal digits
   */
  public static String idText(long id) {
    return String.format("%016x", id);
  }

  @Override
  public String toString() {
    return "key " + idText(id);
  }
}
