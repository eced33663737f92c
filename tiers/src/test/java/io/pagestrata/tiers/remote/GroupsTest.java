// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of groups: open, sealed, shown, recycled; found by locators until then, not after. */
class GroupsTest {
  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final Groups groups = new Groups(budget);
  private final Incarnation incarnation = new Incarnation("run");
  private final Line line = new Line(0);

  @AfterEach
  void nothingStaysCharged() {
    groups.close();
    assertThat(budget.usedBytes()).isZero();
  }

  private Group open() {
    return groups.open(groups.nextNumber(), incarnation, line);
  }

  @Test
  void aLocatorFindsItsGroupUntilThatIsRecycled() {
    Group group = open();
    group.makeAlive(Group.bits(0, 3));
    long locator = Locators.pack(group, 2, 5);
    assertThat(Locators.place(locator)).isEqualTo(2);
    assertThat(Locators.version(locator)).isEqualTo(5);
    assertThat(groups.find(locator)).isSameAs(group);
    group.seal();
    for (int place = 0; place < 3; place++) {
      assertThat(group.free(place)).isTrue();
      assertThat(group.free(place)).as("once").isFalse();
    }
    groups.recycleIfEmpty(group);
    assertThat(groups.find(locator)).as("its keys are not removed yet").isSameAs(group);
    group.unlinked(group.garbage());
    groups.recycleIfEmpty(group);
    assertThat(groups.find(locator)).isNull();
    assertThat(groups.pin(locator)).isNull();

    Group next = open();
    assertThat(next.slot).isEqualTo(group.slot);
    assertThat(groups.find(locator)).as("the same slot in another life").isNull();
    assertThat(next.number).as("numbers are not given twice").isNotEqualTo(group.number);
  }

  @Test
  void whatIsPinnedOrOpenIsNotRecycled() {
    Group group = open();
    groups.recycleIfEmpty(group);
    assertThat(groups.numbered(group.number)).as("open").isSameAs(group);
    assertThat(group.pin()).isTrue();
    group.seal();
    groups.recycleIfEmpty(group);
    assertThat(groups.numbered(group.number)).as("pinned").isSameAs(group);
    groups.unpin(group);
    assertThat(groups.numbered(group.number)).isNull();
    assertThat(group.pin()).isFalse();
  }

  @Test
  void theOldestSealedGroupIsShownAndOnlyOnce() {
    Group first = open();
    Group second = open();
    for (Group group : new Group[] {first, second}) {
      group.makeAlive(1);
    }
    assertThat(groups.showOldest(it -> true)).as("both are open").isNull();
    second.seal();
    assertThat(groups.showOldest(it -> true)).isSameAs(second);
    first.seal();
    assertThat(groups.showOldest(it -> it != first)).as("shown already").isNull();
    assertThat(groups.showOldest(it -> true)).isSameAs(first);
    second.settle();
    assertThat(groups.showOldest(it -> true)).isSameAs(second);
  }

  @Test
  void aBackingHasTwoVersionsSoThatReadersOfTheOlderOneFindIt() {
    Group group = open();
    int version = group.version(4);
    int next = group.rebase(4, version, 1111);
    assertThat(group.backing(4, next)).isEqualTo(1111);
    int third = group.rebase(4, next, 2222);
    assertThat(group.backing(4, next)).isEqualTo(1111);
    assertThat(group.backing(4, third)).isEqualTo(2222);
    assertThat(group.version(4)).isEqualTo(third);
  }

  // 64 groups share a chunk of memory; the budget has room for so many chunks and no more.
  @Test
  void withoutMemoryThereIsNoGroup() {
    int opened = 0;
    Group last = null;
    for (Group group = open(); group != null; group = open()) {
      last = group;
      opened++;
    }
    long chunks = (1 << 20) / (64L * StubMemory.GROUP_BYTES);
    assertThat(opened).isEqualTo((int) (64 * chunks));
    last.seal();
    groups.recycleIfEmpty(last);
    assertThat(open()).as("in the room of the one that went").isNotNull();
    assertThat(open()).isNull();
  }
}
