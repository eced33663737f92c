// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Makes and reads sealed zpages whose payload is told by key and generation alone. */
public final class Zpages {
  public static final int PAGE_SHIFT = 12;
  public static final int PAGE_BYTES = 1 << PAGE_SHIFT;
  private static final int POOL = 3;

  private Zpages() {}

  /** A direct buffer that holds exactly one zpage of the payload length given. */
  public static ByteBuffer make(long object, int index, long generation, int payloadBytes) {
    ByteBuffer zpage = ByteBuffer.allocateDirect(ZpageHeader.BYTES + payloadBytes);
    ZpageHeader.write(
        zpage, 0, POOL, object, index, generation, PageCodec.NONE_ID, 0, PAGE_SHIFT, payloadBytes);
    for (int i = 0; i < payloadBytes; i++) {
      zpage.put(ZpageHeader.BYTES + i, payload(object, index, generation, i));
    }
    ZpageHeader.seal(zpage, 0, new CRC32C());
    return zpage;
  }

  private static byte payload(long object, int index, long generation, int i) {
    return (byte) ((object * 31 + index * 17L + generation * 7 + i) * 0x9E3779B97F4A7C15L >>> 56);
  }

  /** Whether these bytes are the whole zpage that {@link #make} made for key and generation. */
  public static boolean isWhole(
      ByteBuffer memory, int offset, int available, long object, int index, long generation) {
    ByteBuffer own = memory.duplicate();
    if (!ZpageHeader.verify(own, offset, available, new CRC32C())
        || !ZpageHeader.isFor(memory, offset, POOL, object, index)
        || ZpageHeader.generation(memory, offset) != generation) {
      return false;
    }
    for (int i = ZpageHeader.storedBytes(memory, offset) - 1; i >= 0; i--) {
      if (memory.get(offset + ZpageHeader.BYTES + i) != payload(object, index, generation, i)) {
        return false;
      }
    }
    return true;
  }
}
