// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.StatefulCopyable;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;

/**
 * Copies a value out of the map into a direct buffer with one call; the library's own reader goes
 * byte by byte. Stateless.
 */
final class MapValueReader implements SizedReader<ByteBuffer>, StatefulCopyable<MapValueReader> {
  @Override
  @SuppressWarnings("rawtypes") // as the library declares it
  public ByteBuffer read(Bytes in, long size, ByteBuffer using) {
    using.clear().limit((int) size);
    OS.memory().copyMemory(in.addressForRead(in.readPosition()), Jvm.address(using), size);
    in.readSkip(size);
    return using;
  }

  @Override
  public MapValueReader copy() {
    return this;
  }

  @Override
  public void readMarshallable(WireIn wire) {
    // No state.
  }

  @Override
  public void writeMarshallable(WireOut wire) {
    // No state.
  }
}
