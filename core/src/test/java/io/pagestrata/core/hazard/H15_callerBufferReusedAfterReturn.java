// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Fails: nothing; the caller reuses its buffer the moment a put, get or take has returned.
 * Succeeds: later gets, and writeback of what was put. Must hold: no later step reads or writes a
 * caller's buffer.
 */
class H15_callerBufferReusedAfterReturn {
  @Test
  void afterPutGetAndTake() {
    for (ByteBuffer buffer : List.of(ByteBuffer.allocate(4096), ByteBuffer.allocateDirect(4096))) {
      try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
        PageStamp.write(buffer, 0, 4096, 1, 1, 1);
        rig.store.put(rig.swap, 1, 1, buffer);
        PageStamp.write(buffer, 0, 4096, 1, 2, 2);
        rig.store.put(rig.swap, 1, 2, buffer);
        scribble(buffer);
        rig.writeback.demote(0, true);
        assertThat(rig.store.get(rig.swap, 1, 1, buffer)).isTrue();
        assertThat(PageStamp.version(buffer, 0, 4096, 1, 1)).isEqualTo(1);
        scribble(buffer);
        byte[] before = copy(buffer);
        assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
        rig.writeback.demote(0, true);
        assertThat(rig.take(rig.swap, 1, 2)).isEqualTo(2);
        assertThat(copy(buffer)).as("a buffer touched after the call").isEqualTo(before);
      }
    }
  }

  private static void scribble(ByteBuffer buffer) {
    for (int i = 0; i < buffer.capacity(); i++) {
      buffer.put(i, (byte) 0xa5);
    }
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }
}
