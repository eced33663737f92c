// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgesTest {
  private static final int MOST_HANDLES = 20_000;

  private final Room room =
      new Room(ZsmallocSettings.of(8 << 20, 4096), 2, new MemoryBudget(8 << 20));
  private final Handles handles = new Handles(room, MOST_HANDLES);
  private final AgeChunks chunks = new AgeChunks(room, MOST_HANDLES);
  private final Ages ages = new Ages(chunks, handles, EvictionPolicy.SECOND_CHANCE);
  private final int[] members = new int[AgeChunks.ENTRIES];

  @AfterEach
  void close() {
    handles.close();
    chunks.close();
    assertThat(room.limitBytes()).isEqualTo(8 << 20);
    room.close();
  }

  private int add(StoreIntent intent, long nanos) {
    int handle = handles.take(intent);
    assertThat(ages.add(handle, intent, nanos)).isTrue();
    return handle;
  }

  private List<Integer> add(int count, StoreIntent intent, long nanos) {
    List<Integer> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(add(intent, nanos));
    }
    return added;
  }

  private void remove(int handle) {
    if (ages.remove(handle)) {
      handles.put(handle);
    }
  }

  /** Handles in the order in which regions show them; nothing is settled. */
  private List<Integer> showAll() {
    List<Integer> shown = new ArrayList<>();
    List<Integer> more = showOne();
    while (!more.isEmpty()) {
      shown.addAll(more);
      more = showOne();
    }
    return shown;
  }

  /** Handles of the next region; none when there is none. */
  private List<Integer> showOne() {
    boolean shows = ages.show(Long.MAX_VALUE, members) != UpperTier.NOTHING;
    return Arrays.stream(members).filter(member -> shows && member >= 0).boxed().toList();
  }

  @Test
  void theOldestAreShownFirst() {
    List<Integer> all = add(500, StoreIntent.PUT, 0);
    assertThat(showAll()).isEqualTo(all);
  }

  @Test
  void secondChancesStandBetweenOldAndYoung() {
    List<Integer> all = add(50 * AgeChunks.ENTRIES, StoreIntent.PUT, 0);
    long region = ages.show(Long.MAX_VALUE, members);
    List<Integer> again = add(10, StoreIntent.RECLAIM, 0);
    List<Integer> shown = showAll();
    double rank = (double) shown.indexOf(again.get(0)) / shown.size();
    assertThat(rank).isBetween(0.5, 0.7);
    assertThat(shown).hasSize(all.size() - AgeChunks.ENTRIES + again.size());
    ages.settle(region);
  }

  @Test
  void onlyRegionsFilledBeforeATimeQualify() {
    add(AgeChunks.ENTRIES, StoreIntent.PUT, 10);
    add(AgeChunks.ENTRIES, StoreIntent.RECLAIM, 20);
    add(AgeChunks.ENTRIES, StoreIntent.PUT, 30);
    assertThat(ages.show(10, members)).isEqualTo(UpperTier.NOTHING);
    assertThat(ages.show(11, members)).isNotEqualTo(UpperTier.NOTHING);
    assertThat(ages.show(20, members)).isEqualTo(UpperTier.NOTHING);
    assertThat(ages.show(21, members)).isNotEqualTo(UpperTier.NOTHING);
    assertThat(ages.show(30, members)).isEqualTo(UpperTier.NOTHING);
  }

  @Test
  void aSettledChunkGoesBackToItsAge() {
    List<Integer> all = add(5 * AgeChunks.ENTRIES, StoreIntent.PUT, 0);
    List<Long> regions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      regions.add(ages.show(Long.MAX_VALUE, members));
    }
    for (int i : new int[] {1, 3, 0, 2}) {
      ages.settle(regions.get(i));
    }
    assertThat(showAll()).isEqualTo(all);
  }

  @Test
  void whatIsStoredLaterIsNotShownWithASettledChunk() {
    List<Integer> old = add(3, StoreIntent.PUT, 0);
    ages.settle(ages.show(Long.MAX_VALUE, members));
    List<Integer> young = add(3, StoreIntent.PUT, 0);
    assertThat(showOne()).isEqualTo(old);
    assertThat(showOne()).isEqualTo(young);
  }

  @Test
  void whatIsStoredLaterIsNotShownWithJoinedChunks() {
    List<Integer> all = add(3 * AgeChunks.ENTRIES, StoreIntent.PUT, 0);
    List<Integer> old = List.of(all.get(0), all.get(AgeChunks.ENTRIES));
    all.stream().filter(handle -> !old.contains(handle)).forEach(this::remove);
    List<Integer> young = add(3, StoreIntent.PUT, 0);
    assertThat(showOne()).isEqualTo(old);
    assertThat(showOne()).isEqualTo(young);
  }

  @Test
  void handlesOfAShownChunkWaitForTheSettle() {
    List<Integer> all = add(AgeChunks.ENTRIES, StoreIntent.PUT, 0);
    long region = ages.show(Long.MAX_VALUE, members);
    all.forEach(this::remove);
    List<Integer> next = add(AgeChunks.ENTRIES, StoreIntent.PUT, 0);
    assertThat(next).doesNotContainAnyElementsOf(all);
    ages.settle(region);
    ages.settle(region);
    assertThat(add(AgeChunks.ENTRIES, StoreIntent.PUT, 0)).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void condemnedChunksAreShownNoMoreAndStillEmpty() {
    List<Integer> all = add(2 * AgeChunks.ENTRIES, StoreIntent.PUT, 0);
    long region = ages.show(Long.MAX_VALUE, members);
    assertThat(ages.condemn(region)).isTrue();
    assertThat(ages.condemn(region)).isFalse();
    ages.settle(region);
    assertThat(showAll()).isEqualTo(all.subList(AgeChunks.ENTRIES, all.size()));
    all.subList(0, AgeChunks.ENTRIES).forEach(this::remove);
    assertThat(ages.condemn(region)).isFalse();
  }

  // Of every thousand zpages one lives on: the chunks of the dead must not stay for their sake.
  @Test
  void fewSurvivorsShareChunksInOrder() {
    List<Integer> survivors = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      survivors.add(add(StoreIntent.PUT, i));
      add(1000, StoreIntent.PUT, i).forEach(this::remove);
    }
    long pages = (survivors.size() / 340 + 1) * 2L;
    assertThat(room.usedBytes()).isLessThanOrEqualTo(pages * Room.TABLE_PAGE_BYTES);
    assertThat(showAll()).isEqualTo(survivors);
  }

  @Test
  void nothingIsLeftWhenAllAreGone() {
    List<Integer> all = add(3000, StoreIntent.PUT, 0);
    all.addAll(add(3000, StoreIntent.RECLAIM, 0));
    assertThat(room.usedBytes()).isGreaterThan(all.size() * (long) Handles.BYTES);
    all.forEach(this::remove);
    assertThat(room.usedBytes()).isZero();
  }
}
