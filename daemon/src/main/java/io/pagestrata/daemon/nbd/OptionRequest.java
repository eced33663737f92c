// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * One option of the handshake.
 *
 * @param code number of the option
 * @param data its data; empty when too big
 * @param tooBig whether the data was longer than any option we know and was left out
 */
record OptionRequest(int code, ByteBuf data, boolean tooBig) {
  /** Longest data that is kept: an export name and a good number of context queries. */
  static final int MOST_DATA_BYTES = 64 << 10;

  /** A string with its length in front, or null when the data does not hold it. */
  static String readString(ByteBuf data) {
    if (data.readableBytes() < Integer.BYTES) {
      return null;
    }
    long bytes = data.readUnsignedInt();
    if (bytes > data.readableBytes() || bytes > NbdProtocol.MOST_STRING_BYTES) {
      return null;
    }
    return data.readCharSequence((int) bytes, StandardCharsets.UTF_8).toString();
  }
}
