// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import io.pagestrata.core.codec.PageCodec;
import java.nio.ByteBuffer;

/** Reads from a zpage which dictionary it was made with. Stateless. */
public final class ZpageDictionary {
  private ZpageDictionary() {}

  /**
   * The dictionary that a zpage needs.
   *
   * @param memory holds the zpage, not encrypted
   * @param offset first byte of its header; the first two bytes of the payload may be read
   * @return its number, 0 for none
   */
  public static int of(ByteBuffer memory, int offset) {
    if (ZpageHeader.codec(memory, offset) != PageCodec.ZSTD_DICTIONARY_ID
        || ZpageHeader.storedBytes(memory, offset) < Short.BYTES) {
      return 0;
    }
    int payload = offset + ZpageHeader.BYTES;
    return memory.get(payload) & 0xff | (memory.get(payload + 1) & 0xff) << 8;
  }
}
