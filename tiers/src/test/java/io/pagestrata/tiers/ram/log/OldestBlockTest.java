// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which block reclaim takes while others append. */
class OldestBlockTest {
  private static final int BLOCK_BYTES = 16 << 10;

  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final Layout layout = new Layout(64L * BLOCK_BYTES, 4096, BLOCK_BYTES);
  private final OffHeapMemory memory =
      new OffHeapMemory((long) layout.blocks * layout.blockBytes, false);
  private final Blocks blocks = new Blocks(layout.blocks);
  private final FreeRegions freeBlocks =
      new FreeRegions(layout.blocks, layout.blockBytes, 1, memory, budget);
  private final OpenBlock first = newOpen();
  private final OpenBlock second = newOpen();
  private final OldestBlock oldest =
      new OldestBlock(blocks, EvictionPolicy.SECOND_CHANCE, List.of(first, second));

  private OpenBlock newOpen() {
    return new OpenBlock(layout, blocks, freeBlocks, memory.slabs());
  }

  @AfterEach
  void close() {
    memory.close();
    freeBlocks.close();
  }

  /** Opens a block with one zpage; gives its number. */
  private int open(OpenBlock open) {
    ByteBuffer zpage = ByteBuffer.allocate(ZpageHeader.BYTES + 96);
    int bytes = zpage.capacity();
    open.lock.lock();
    try {
      assertThat(open.openNext(StoreIntent.PUT, Blocks.YOUNGEST, 0, false)).isFalse();
      long none = UpperTier.NO_BACKING;
      open.append(zpage, 0, bytes, none, layout.footprintBytes(bytes, false), 0);
      return open.block();
    } finally {
      open.lock.unlock();
    }
  }

  /** Its owner may fill the chosen block and open the next before reclaim comes to seal it. */
  @Test
  void aBlockYoungerThanTheChosenOneIsNotSealed() throws Exception {
    int chosen = open(first);
    open(second);
    CompletableFuture<Integer> taken;
    int younger;
    second.lock.lock();
    try {
      taken = CompletableFuture.supplyAsync(() -> oldest.take(Long.MAX_VALUE, null));
      while (!second.lock.hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      // Reclaim has seen the first one and stands before the second.
      younger = open(first);
    } finally {
      second.lock.unlock();
    }
    assertThat(taken.get(30, TimeUnit.SECONDS)).isEqualTo(chosen);
    assertThat(first.block()).isEqualTo(younger);
  }
}
