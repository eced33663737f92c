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

  @Test
  void recompressedZpagesCloseUpAndTheirOldSizesStayKnown() {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(8 * 4096), 4096);
    Random random = new Random(3);
    int[] before = {100, 1000, 40, 700};
    List<ByteBuffer> zpages = new ArrayList<>();
    for (int bytes : before) {
      ByteBuffer memory = zpage(random, bytes);
      zpages.add(memory);
      batch.add(memory, 3, bytes, zpages.size());
    }
    batch.recompress(
        new HalvingRecompressor() {
          @Override
          public int recompress(ByteBuffer memory, int offset, int bytes) {
            // The third one does not get smaller.
            return bytes == 40 ? bytes : bytes / 2;
          }
        });
    int[] after = {50, 500, 40, 350};
    int at = 0;
    long payload = 0;
    for (int i = 0; i < before.length; i++) {
      assertThat(batch.offset(i)).isEqualTo(at);
      assertThat(batch.fromBytes(i)).isEqualTo(before[i]);
      assertThat(batch.data().slice(at, after[i])).isEqualTo(zpages.get(i).slice(3, after[i]));
      payload += after[i] - ZpageHeader.BYTES;
      at += after[i];
      for (; at % batch.recordAlignment() != 0; at++) {
        assertThat(batch.data().get(at)).as("foreign byte in a gap").isZero();
      }
    }
    assertThat(batch.bytes()).isEqualTo(at);
    assertThat(batch.payloadBytes()).isEqualTo(payload);
  }

  private abstract static class HalvingRecompressor implements Recompressor {
    @Override
    public long idleAgeNanos() {
      return 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public RecompressionStats stats() {
      return RecompressionStats.ZERO;
    }

    @Override
    public void close() {}
  }
}
