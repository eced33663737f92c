// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.FakeCodecs;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lane has one owner at a time, there are never more than the bound, and close collects all. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LanesTest {
  private static final int PAGE_BYTES = 4096;
  private static final long CLOSE_NANOS = Duration.ofSeconds(30).toNanos();

  private final AtomicReference<StoreState> state = new AtomicReference<>(StoreState.OPEN);

  private Lanes lanes(MemoryBudget budget) {
    HeapTier tier = new HeapTier("tier0", PAGE_BYTES, 4, HeapTier.Kind.PLAIN);
    PageHierarchy hierarchy = hierarchy(tier, budget);
    return new Lanes(state, budget, hierarchy, true, PAGE_BYTES, codecs());
  }

  private static PageHierarchy hierarchy(HeapTier tier, MemoryBudget budget) {
    Tenants tenants = new Tenants(List.of(), PAGE_BYTES, 1);
    Pools pools = new Pools(null, budget, null, tenants, null);
    return new PageHierarchy(
        List.of(tier),
        pools,
        new StoreSettings(PAGE_BYTES, Duration.ZERO, Duration.ZERO, true, System::nanoTime),
        (distance, size, read) -> false,
        tenants,
        new Contents(budget, pools, new AtomicLong()),
        budget);
  }

  private static CodecTable codecs() {
    return new CodecTable(List.of(FakeCodecs.none()), FakeCodecs.none());
  }

  @Test
  void aLaneHasOneOwnerAtATime() {
    Lanes lanes = lanes(new MemoryBudget(1L << 30));
    Set<Lane> owned = ConcurrentHashMap.newKeySet();
    Set<Lane> all = ConcurrentHashMap.newKeySet();
    Threads.run(
        8,
        number -> {
          for (int i = 0; i < 20_000; i++) {
            Lane lane = lanes.borrow();
            assertThat(owned.add(lane)).as("a lane with two owners").isTrue();
            all.add(lane);
            lane.count(Counter.PUTS);
            assertThat(owned.remove(lane)).isTrue();
            lanes.giveBack(lane);
          }
        });
    assertThat(all.size()).isLessThanOrEqualTo(Lanes.MOST);
    assertThat(lanes.sum(Counter.PUTS)).isEqualTo(8 * 20_000);
    state.set(StoreState.CLOSING);
    assertThat(lanes.close(CLOSE_NANOS)).isTrue();
  }

  @Test
  void moreOperationsThanLanesWaitForEachOther() {
    Lanes lanes = lanes(new MemoryBudget(1L << 30));
    List<Lane> held = new ArrayList<>();
    for (int i = 0; i < Lanes.MOST; i++) {
      held.add(lanes.borrow());
    }
    assertThat(Set.copyOf(held)).hasSize(Lanes.MOST);
    Threads.run(
        List.of(
            () -> lanes.giveBack(lanes.borrow()),
            () -> lanes.giveBack(held.remove(0)),
            () -> lanes.giveBack(lanes.borrow())));
    held.forEach(lanes::giveBack);
    state.set(StoreState.CLOSING);
    assertThat(lanes.close(CLOSE_NANOS)).isTrue();
  }

  @Test
  void whoMustNotWaitGetsNoneWhenAllAreOut() {
    Lanes lanes = lanes(new MemoryBudget(1L << 30));
    List<Lane> held = new ArrayList<>();
    for (int i = 0; i < Lanes.MOST; i++) {
      held.add(lanes.tryBorrow());
    }
    assertThat(Set.copyOf(held)).hasSize(Lanes.MOST).doesNotContainNull();
    assertThat(lanes.tryBorrow()).isNull();
    lanes.giveBack(held.remove(7));
    held.add(lanes.tryBorrow());
    assertThat(Set.copyOf(held)).hasSize(Lanes.MOST).doesNotContainNull();
    state.set(StoreState.CLOSING);
    assertThatThrownBy(lanes::tryBorrow).isInstanceOf(StoreClosedException.class);
    held.forEach(lanes::giveBack);
    assertThatThrownBy(lanes::tryBorrow).isInstanceOf(StoreClosedException.class);
    assertThat(lanes.close(CLOSE_NANOS)).isTrue();
  }

  @Test
  void theBudgetBoundsTheirNumberButOneIsAlwaysMade() {
    MemoryBudget none = new MemoryBudget(0);
    Lanes lanes = lanes(none);
    Lane only = lanes.borrow();
    Threads.run(
        List.of(
            () -> {
              Lane same = lanes.borrow();
              assertThat(same).isSameAs(only);
              lanes.giveBack(same);
            },
            () -> lanes.giveBack(only)));
    assertThat(none.usedBytes()).isZero();
  }

  @Test
  void closeGivesUpOnALaneThatStaysOut() {
    Lanes lanes = lanes(new MemoryBudget(1L << 30));
    Lane held = lanes.borrow();
    state.set(StoreState.CLOSING);
    assertThat(lanes.close(0)).isFalse();
    assertThatThrownBy(lanes::borrow).isInstanceOf(StoreClosedException.class);
    lanes.giveBack(held);
    assertThatThrownBy(lanes::borrow).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void theScratchBufferIsAsLargeAndAlignedAsTiersWereTold() {
    MemoryBudget budget = new MemoryBudget(1L << 30);
    HeapTier tier = new HeapTier("tier0", PAGE_BYTES, 4, HeapTier.Kind.PLAIN);
    PageHierarchy hierarchy = hierarchy(tier, budget);
    for (int bytes : new int[] {0, 1, 4095, 4096, 4097, 4128, 70_000}) {
      Lane lane = new Lane(0, hierarchy, true, bytes, codecs());
      assertThat(lane.scratch.capacity()).isGreaterThanOrEqualTo(bytes);
      assertThat(lane.scratch.alignmentOffset(0, 4096)).isZero();
      assertThat(Lane.memoryBytes(PAGE_BYTES, bytes)).isGreaterThan(bytes + PAGE_BYTES);
    }
  }
}
