// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Keys and values of one MSET, laid out in one array as they go over the wire: values are sealed
 * into it, and the client copies it as a whole.
 *
 * <p>Filled by one thread, then sent. The client may encode a command that was given up long after
 * that, so the array is its own, and never used for another one.
 */
final class StoreArgs extends CommandArgs<byte[], byte[]> {
  /** Lengths of a key and a value, and the ends of lines around them: each length has 5 digits. */
  private static final int FRAME_BYTES = 2 * (1 + 5 + 2 + 2);

  private final byte[] wire;
  private final ByteBuffer view;
  private int end;
  private int arguments;

  /** Makes room. */
  StoreArgs(int pairs, int keyBytes, int valueBytes) {
    super(ByteArrayCodec.INSTANCE);
    wire = new byte[pairs * (FRAME_BYTES + keyBytes) + valueBytes];
    view = ByteBuffer.wrap(wire);
  }

  /** Adds a key and a value of zeroes, and says where that begins. */
  int add(byte[] key, int valueBytes) {
    begin(key.length);
    System.arraycopy(key, 0, wire, end, key.length);
    end(key.length);
    begin(valueBytes);
    int value = end;
    end(valueBytes);
    return value;
  }

  private void begin(int bytes) {
    wire[end++] = '$';
    int digits = 1;
    for (int rest = bytes; rest >= 10; rest /= 10) {
      digits++;
    }
    int rest = bytes;
    for (int i = digits - 1; i >= 0; i--) {
      wire[end + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    end += digits;
    endLine();
  }

  private void end(int bytes) {
    end += bytes;
    arguments++;
    endLine();
  }

  private void endLine() {
    wire[end++] = '\r';
    wire[end++] = '\n';
  }

  /** Where values are sealed into. */
  ByteBuffer memory() {
    return view;
  }

  @Override
  public int count() {
    return arguments;
  }

  @Override
  public void encode(ByteBuf buffer) {
    buffer.writeBytes(wire, 0, end);
  }
}
