// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.hash.serialization.impl.ByteBufferDataAccess;

/** Copies what a direct buffer has between position and limit into the map with one call. */
final class MapValueWriter extends ByteBufferDataAccess {
  @Override
  @SuppressWarnings("rawtypes") // as the library declares it
  public void writeTo(RandomDataOutput target, long targetOffset) {
    ByteBuffer value = get();
    OS.memory()
        .copyMemory(
            Jvm.address(value) + value.position(), target.addressForWrite(targetOffset), size());
  }

  @Override
  public DataAccess<ByteBuffer> copy() {
    return new MapValueWriter();
  }
}
