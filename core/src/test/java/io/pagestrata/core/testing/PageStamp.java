// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Page content that names its page and version, so that any wrong read is recognised: every 64-bit
 * word of the first half follows from object, index and version; the second half is zero, which
 * {@link FakeCodecs#trimming} makes short.
 */
public final class PageStamp {
  private static final int WORDS_AT = 24;

  private PageStamp() {}

  public static byte[] page(int pageBytes, long object, int index, long version) {
    byte[] page = new byte[pageBytes];
    write(ByteBuffer.wrap(page), 0, pageBytes, object, index, version);
    return page;
  }

  public static void write(
      ByteBuffer into, int offset, int pageBytes, long object, int index, long version) {
    ByteBuffer page = into.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    page.putLong(offset, object);
    page.putLong(offset + 8, Integer.toUnsignedLong(index));
    page.putLong(offset + 16, version);
    for (int i = WORDS_AT; i < pageBytes; i += Long.BYTES) {
      page.putLong(offset + i, word(pageBytes, object, index, version, i));
    }
  }

  /** The version of a page, once every byte of it was found to belong to that version. */
  public static long version(ByteBuffer from, int offset, int pageBytes, long object, int index) {
    ByteBuffer page = from.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long foundObject = page.getLong(offset);
    long foundIndex = page.getLong(offset + 8);
    if (foundObject != object || foundIndex != Integer.toUnsignedLong(index)) {
      throw new AssertionError(
          "a get of page " + object + "/" + index + " gave " + foundObject + "/" + foundIndex);
    }
    long version = page.getLong(offset + 16);
    for (int i = WORDS_AT; i < pageBytes; i += Long.BYTES) {
      if (page.getLong(offset + i) != word(pageBytes, object, index, version, i)) {
        throw new AssertionError(
            "page " + object + "/" + index + " version " + version + " is torn at byte " + i);
      }
    }
    return version;
  }

  public static long version(byte[] page, long object, int index) {
    return version(ByteBuffer.wrap(page), 0, page.length, object, index);
  }

  private static long word(int pageBytes, long object, int index, long version, int at) {
    if (at >= pageBytes / 2) {
      return 0;
    }
    long mixed = (object * 31 + index) * 31 + version;
    mixed = (mixed ^ mixed >>> 29) * 0xbf58_476d_1ce4_e5b9L + at;
    return mixed ^ mixed >>> 32;
  }
}
