// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandlesTest {
  private static final int LIMIT_BYTES = 1 << 20;

  private final MemoryBudget budget = new MemoryBudget(LIMIT_BYTES);
  private final Room room = new Room(ZsmallocSettings.of(LIMIT_BYTES, 4096), 2, budget);
  private final Handles handles = new Handles(room, 20_000);

  @AfterEach
  void close() {
    handles.close();
    room.close();
    assertThat(budget.usedBytes()).isZero();
  }

  private long born(int handle) {
    long word = HandleWord.born(handles.word(handle), HandleWord.place(1, 1), 50, false);
    handles.publish(handle, word);
    return HandleWord.locator(handle, word);
  }

  @Test
  void pagesComeAndGoWithTheirHandles() {
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      taken.add(handles.take(StoreIntent.PUT));
      handles.setAge(taken.get(i), ~i);
    }
    assertThat(new HashSet<>(taken)).hasSize(2000).doesNotContain(Handles.NONE);
    for (int i = 0; i < 2000; i++) {
      assertThat(handles.age(taken.get(i))).isEqualTo(~i);
      assertThat(HandleWord.isLive(handles.word(taken.get(i)))).isFalse();
    }
    assertThat(room.usedBytes()).isEqualTo(6L * Room.TABLE_PAGE_BYTES);
    assertThat(budget.usedBytes()).isEqualTo(room.usedBytes());
    taken.forEach(handles::put);
    assertThat(room.usedBytes()).isZero();
    assertThat(budget.usedBytes()).as("one page is kept").isEqualTo(Room.TABLE_PAGE_BYTES);
    assertThat(room.releaseSpare(LIMIT_BYTES)).isEqualTo(Room.TABLE_PAGE_BYTES);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void noHandlesWithoutMemoryForThem() {
    assertThat(budget.tryCharge(LIMIT_BYTES - Room.TABLE_PAGE_BYTES)).isTrue();
    int taken = 0;
    while (handles.take(StoreIntent.RECLAIM) != Handles.NONE) {
      taken++;
    }
    assertThat(taken).isPositive().isLessThan(Room.TABLE_PAGE_BYTES / Handles.BYTES);
    budget.release(LIMIT_BYTES - Room.TABLE_PAGE_BYTES);
  }

  @Test
  void anOldLocatorFindsNothing() {
    int handle = handles.take(StoreIntent.PUT);
    long old = born(handle);
    long word = handles.kill(old);
    assertThat(HandleWord.isPinned(word)).isFalse();
    assertThatThrownBy(() -> handles.kill(old)).isInstanceOf(IllegalStateException.class);
    handles.publish(handle, HandleWord.free(word));
    assertThat(handles.pin(old)).isZero();
    long young = born(handle);
    assertThat(handles.pin(old)).isZero();
    assertThatThrownBy(() -> handles.kill(old)).isInstanceOf(IllegalStateException.class);
    assertThat(handles.pin(young)).isNotZero();
    assertThat(handles.pin(Long.MAX_VALUE)).isZero();
    assertThat(handles.pin(-1)).isZero();
  }

  @Test
  void theLastPinOfADeadZpageGivesItBack() {
    int handle = handles.take(StoreIntent.PUT);
    long locator = born(handle);
    assertThat(handles.pin(locator)).isNotZero();
    assertThat(handles.pin(locator)).isNotZero();
    assertThat(HandleWord.isPinned(handles.kill(locator))).isTrue();
    assertThat(handles.pin(locator)).as("no pin on the dead").isZero();
    assertThat(handles.unpin(handle)).isFalse();
    assertThat(handles.unpin(handle)).isTrue();
  }
}
