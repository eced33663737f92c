// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.nio.ByteBuffer;

/**
 * Pages whose every word tells one version number, so that a torn, stale or foreign page shows.
 * They shrink about as real pages do.
 */
public final class VersionedPages {
  private VersionedPages() {}

  public static void write(ByteBuffer page, long key, long version) {
    for (int i = 0; i < page.capacity(); i += Long.BYTES) {
      page.putLong(i, word(key, version, i));
    }
  }

  /** The version of a page of this key. */
  public static long read(ByteBuffer page, long key) {
    long version = page.getLong(0) ^ key * 0x9E37_79B9L;
    for (int i = 0; i < page.capacity(); i += Long.BYTES) {
      if (page.getLong(i) != word(key, version, i)) {
        throw new AssertionError(
            "word " + i / Long.BYTES + " is not that of key " + key + " version " + version);
      }
    }
    return version;
  }

  /** Half of the words repeat, half are noise: lz4 keeps a little more than half. */
  private static long word(long key, long version, int i) {
    long plain = version ^ key * 0x9E37_79B9L;
    return i % 16 == 0 ? plain : (plain + i) * 0x9E37_79B9_7F4A_7C15L;
  }
}
