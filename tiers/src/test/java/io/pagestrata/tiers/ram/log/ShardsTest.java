// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Which open block a thread appends to. */
class ShardsTest {
  private static final int BLOCK_BYTES = 16 << 10;

  private final Layout layout = new Layout(64L * BLOCK_BYTES, 4096, BLOCK_BYTES);
  private final OffHeapMemory memory =
      new OffHeapMemory((long) layout.blocks * layout.blockBytes, false);
  private final FreeRegions freeBlocks =
      new FreeRegions(layout.blocks, layout.blockBytes, 1, memory, new MemoryBudget(1 << 20));
  private final Shards shards =
      new Shards(
          3,
          layout,
          EvictionPolicy.SECOND_CHANCE,
          new Blocks(layout.blocks),
          freeBlocks,
          memory.slabs());
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @AfterEach
  void close() {
    other.shutdown();
    memory.close();
    freeBlocks.close();
  }

  private OpenBlock next(StoreIntent intent) {
    OpenBlock shard = shards.lockOne(intent);
    shard.lock.unlock();
    return shard;
  }

  @Test
  void aThreadStaysWithItsShard() {
    assertThat(next(StoreIntent.PUT)).isSameAs(next(StoreIntent.PUT));
  }

  /** Of threads with three numbers in a row, one at least has its first home where this one is. */
  @RepeatedTest(3)
  void aThreadThatMeetsAnotherMovesAwayForGood() throws Exception {
    OpenBlock theirs;
    OpenBlock mine = shards.lockOne(StoreIntent.PUT);
    try {
      theirs = other.submit(() -> next(StoreIntent.PUT)).get(30, TimeUnit.SECONDS);
      assertThat(theirs).isNotSameAs(mine);
    } finally {
      mine.lock.unlock();
    }
    assertThat(other.submit(() -> next(StoreIntent.PUT)).get(30, TimeUnit.SECONDS))
        .isSameAs(theirs);
    assertThat(next(StoreIntent.PUT)).isSameAs(mine);
  }

  @Test
  void secondChancesHaveABlockOfTheirOwn() {
    assertThat(next(StoreIntent.RECLAIM)).isNotSameAs(next(StoreIntent.PUT));
  }
}
