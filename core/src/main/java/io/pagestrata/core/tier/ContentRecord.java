// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import io.pagestrata.core.codec.PageCodec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Payload of the record of a page that shares a content, codec id 5.
 *
 * <pre>
 * offset  32                    40              44             48
 *         | content generation  | content pool  | content index |
 *         | u64                 | u32           | u32           |
 * </pre>
 *
 * <p>Little-endian whatever the order of the buffer; {@code docs/format.md} outranks this class.
 * Stateless and thread-safe.
 */
public final class ContentRecord {
  /** Bytes of the payload. */
  public static final int PAYLOAD_BYTES = 16;

  /** Bytes with the header. */
  public static final int BYTES = ZpageHeader.BYTES + PAYLOAD_BYTES;

  private static final int GENERATION_OFFSET = ZpageHeader.BYTES;
  private static final int POOL_OFFSET = GENERATION_OFFSET + Long.BYTES;
  private static final int INDEX_OFFSET = POOL_OFFSET + Integer.BYTES;

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ContentRecord() {}

  /**
   * Writes the payload.
   *
   * @param buffer where the record is built
   * @param offset first byte of its header
   * @param generation generation of the content's zpage
   * @param pool pool of the content
   * @param index index of the content
   */
  public static void write(ByteBuffer buffer, int offset, long generation, int pool, int index) {
    LONG.set(buffer, offset + GENERATION_OFFSET, generation);
    INT.set(buffer, offset + POOL_OFFSET, pool);
    INT.set(buffer, offset + INDEX_OFFSET, index);
  }

  /**
   * Whether a whole record is one of a page that shares.
   *
   * @param buffer holds the record
   * @param offset first byte of its header
   * @return true when codec and length say so
   */
  public static boolean is(ByteBuffer buffer, int offset) {
    return ZpageHeader.codec(buffer, offset) == PageCodec.CONTENT_ID
        && ZpageHeader.storedBytes(buffer, offset) == PAYLOAD_BYTES;
  }

  /**
   * Generation of the content's zpage.
   *
   * @param buffer holds the record
   * @param offset first byte of its header
   * @return the generation
   */
  public static long generation(ByteBuffer buffer, int offset) {
    return (long) LONG.get(buffer, offset + GENERATION_OFFSET);
  }

  /**
   * Pool of the content.
   *
   * @param buffer holds the record
   * @param offset first byte of its header
   * @return pool id
   */
  public static int pool(ByteBuffer buffer, int offset) {
    return (int) INT.get(buffer, offset + POOL_OFFSET);
  }

  /**
   * Index of the content in its pool.
   *
   * @param buffer holds the record
   * @param offset first byte of its header
   * @return page index
   */
  public static int index(ByteBuffer buffer, int offset) {
    return (int) INT.get(buffer, offset + INDEX_OFFSET);
  }
}
