// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Names of everything on the servers.
 *
 * <pre>
 *   ps:NAMESPACE:RUN:{GGGGGGGG}i   a zpage: number of its group in hex, 8 digits or as many as that
 *                                  has, and its place in the group
 *   ps:NAMESPACE:owner             who uses the namespace, with an expiry
 *   ps:NAMESPACE:RUN:alive         that a run lives which is not the owner any more, with an expiry
 * </pre>
 *
 * The braces make the number of the group the hash tag, so a group lies on one shard. RUN is random
 * for each start and a group number is never used twice, so a write that was given up and arrives
 * late can meet nobody's key. Immutable.
 */
final class Keys {
  static final String PREFIX = "ps:";
  private static final String OWNER = ":owner";
  private static final String ALIVE = ":alive";
  private static final int HASH_SLOTS = 16384;
  private static final int LEAST_DIGITS = 8;
  private static final String PLACES =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

  private final String namespace;
  private final String run;
  private final byte[] prefix;

  Keys(String namespace) {
    this(namespace, String.format("%08x", new SecureRandom().nextInt()));
  }

  Keys(String namespace, String run) {
    this.namespace = namespace;
    this.run = run;
    prefix = ascii(PREFIX + namespace + ":" + run + ":{");
  }

  String namespace() {
    return namespace;
  }

  String run() {
    return run;
  }

  byte[] owner() {
    return ownerOf(namespace);
  }

  static byte[] ownerOf(String namespace) {
    return ascii(PREFIX + namespace + OWNER);
  }

  byte[] alive() {
    return aliveOf(namespace, run);
  }

  static byte[] aliveOf(String namespace, String run) {
    return ascii(PREFIX + namespace + ":" + run + ALIVE);
  }

  byte[] zpage(long group, int place) {
    byte[] tag = tag(group);
    byte[] key = new byte[prefix.length + tag.length + 2];
    System.arraycopy(prefix, 0, key, 0, prefix.length);
    System.arraycopy(tag, 0, key, prefix.length, tag.length);
    key[key.length - 2] = '}';
    key[key.length - 1] = (byte) PLACES.charAt(place);
    return key;
  }

  private static byte[] tag(long group) {
    int digits = (Long.SIZE - Long.numberOfLeadingZeros(group) + 3) / 4;
    byte[] tag = new byte[Math.max(LEAST_DIGITS, digits)];
    long left = group;
    for (int i = tag.length - 1; i >= 0; i--) {
      tag[i] = (byte) Character.forDigit((int) left & 15, 16);
      left >>>= 4;
    }
    return tag;
  }

  /** Hash slot of every key of a group, as the cluster specification says: CRC16 of the tag. */
  static int hashSlot(long group) {
    return hashSlot(tag(group));
  }

  /** Hash slot of a key without braces, or of what stands between them. */
  static int hashSlot(byte[] text) {
    int crc = 0;
    for (byte b : text) {
      crc ^= (b & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
      }
    }
    return crc & HASH_SLOTS - 1;
  }

  static int hashSlots() {
    return HASH_SLOTS;
  }

  /** Namespace that a key belongs to, or null when it is not one of ours. */
  static String namespaceOf(String key) {
    int end = key.indexOf(':', PREFIX.length());
    return key.startsWith(PREFIX) && end > 0 ? key.substring(PREFIX.length(), end) : null;
  }

  /** Run that wrote the zpage with this key, or null when it is not the key of a zpage. */
  static String runOf(String key) {
    String[] parts = key.split(":", 4);
    return parts.length == 4 && parts[3].startsWith("{") ? parts[2] : null;
  }

  static String text(byte[] key) {
    return new String(key, StandardCharsets.US_ASCII);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
