// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Plain access to little-endian numbers in memory outside the heap. Stateless. */
final class Fields {
  private static final VarHandle SHORT =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Fields() {}

  /** A number of 16 bits without sign. */
  static int getShort(ByteBuffer memory, int at) {
    return Short.toUnsignedInt((short) SHORT.get(memory, at));
  }

  static void setShort(ByteBuffer memory, int at, int value) {
    SHORT.set(memory, at, (short) value);
  }

  static int getInt(ByteBuffer memory, int at) {
    return (int) INT.get(memory, at);
  }

  static void setInt(ByteBuffer memory, int at, int value) {
    INT.set(memory, at, value);
  }

  static long getLong(ByteBuffer memory, int at) {
    return (long) LONG.get(memory, at);
  }

  static void setLong(ByteBuffer memory, int at, long value) {
    LONG.set(memory, at, value);
  }
}
