// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A batch packs zpages as the tier below will hold them, and nothing else. */
class ZpageBatchTest {
  private static ByteBuffer zpage(Random random, int bytes) {
    ByteBuffer memory = ByteBuffer.allocate(bytes + 3);
    random.nextBytes(memory.array());
    return memory;
  }

  @Test
  void zpagesAreAlignedAndTheGapsZeroedEvenInAReusedBuffer() {
    for (int pageBytes : new int[] {4096, 16384, 65536}) {
      Random random = new Random(pageBytes);
      int alignment = ZpageBatch.recordAlignment(pageBytes);
      ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(8 * pageBytes), pageBytes);
      for (int use = 0; use < 3; use++) {
        for (int i = 0; i < batch.data().capacity(); i++) {
          batch.data().put(i, (byte) 0xcc);
        }
        List<ByteBuffer> added = new ArrayList<>();
        long payload = 0;
        while (true) {
          int bytes = 33 + random.nextInt(pageBytes);
          ByteBuffer memory = zpage(random, bytes);
          boolean room = batch.hasRoom(bytes);
          assertThat(batch.add(memory, 3, bytes, added.size() + 100L)).isEqualTo(room);
          if (!room) {
            break;
          }
          payload += bytes - ZpageHeader.BYTES;
          added.add(memory);
        }
        assertThat(batch.count()).isEqualTo(added.size());
        assertThat(batch.payloadBytes()).isEqualTo(payload);
        checkPacked(batch, added, alignment);
        batch.clear();
        assertThat(batch.count()).isZero();
        assertThat(batch.bytes()).isZero();
        assertThat(batch.payloadBytes()).isZero();
      }
    }
  }

  private static void checkPacked(ZpageBatch batch, List<ByteBuffer> added, int alignment) {
    int at = 0;
    for (int i = 0; i < added.size(); i++) {
      int bytes = added.get(i).capacity() - 3;
      assertThat(batch.offset(i)).isEqualTo(at);
      assertThat(at % alignment).isZero();
      assertThat(batch.fromLocator(i)).isEqualTo(i + 100L);
      assertThat(batch.data().slice(at, bytes)).isEqualTo(added.get(i).slice(3, bytes));
      at += bytes;
      for (; at % alignment != 0; at++) {
        assertThat(batch.data().get(at)).as("foreign byte in a gap").isZero();
      }
    }
    assertThat(batch.bytes()).isEqualTo(at);
  }

  @Test
  void locatorsAndRegionsAreKept() {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(4096), 4096);
    assertThat(batch.add(ByteBuffer.allocate(64), 0, 64, 5)).isTrue();
    batch.setToLocator(0, 77);
    assertThat(batch.toLocator(0)).isEqualTo(77);
    for (long region = 0; region < 20; region++) {
      batch.addRegion(region);
    }
    assertThat(batch.regionCount()).isEqualTo(20);
    assertThat(batch.region(19)).isEqualTo(19);
    batch.clear();
    assertThat(batch.regionCount()).isZero();
  }

  @Test
  void theNumberOfZpagesIsBoundedToo() {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(4096), 4096);
    ByteBuffer memory = ByteBuffer.allocate(48);
    int added = 0;
    while (batch.add(memory, 0, 48, 1)) {
      added++;
      assertThat(added).isLessThan(1_000);
    }
    assertThat(batch.hasRoom(48)).isFalse();
    assertThat(batch.count()).isEqualTo(added);
  }
}
