// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which record is beside a word, and who may take it away. */
class SideRecordsTest {
  private static final int SLOT = 7;

  private final SideRecords records = new SideRecords();

  private long put(long locator) {
    records.put(SLOT, Entry.superseded(locator));
    return records.get(SLOT);
  }

  @Test
  void aRecordIsTakenWhereverItWasMoved() {
    long seen = put(10);
    assertThat(Entry.locator(records.move(SLOT, 10, 20))).isEqualTo(10);
    assertThat(Entry.isRecord(records.move(SLOT, 10, 30))).as("it is not there").isFalse();
    long taken = records.take(SLOT, seen);
    assertThat(Entry.isRecord(taken)).isTrue();
    assertThat(Entry.locator(taken)).isEqualTo(20);
    assertThat(Entry.isSuperseded(taken)).isTrue();
    assertThat(Entry.isRecord(records.get(SLOT))).isFalse();
  }

  // Forbidden: a sync that frees a newer record than the one that it superseded.
  @Test
  void anotherRecordStaysAlsoInTheSamePlace() {
    long seen = put(10);
    records.take(SLOT);
    put(10);
    assertThat(Entry.isRecord(records.take(SLOT, seen))).isFalse();
    assertThat(Entry.locator(records.get(SLOT))).isEqualTo(10);
    assertThat(records.supersede(SLOT, seen)).isFalse();
  }

  @Test
  void theRecordOfAPageThatSharesIsSupersededOnce() {
    records.put(SLOT, Entry.record(10));
    long seen = records.get(SLOT);
    assertThat(Entry.isSuperseded(seen)).isFalse();
    assertThat(records.supersede(SLOT, seen)).isTrue();
    assertThat(Entry.isSuperseded(records.get(SLOT))).isTrue();
    assertThat(records.supersede(SLOT, seen)).isFalse();
    assertThat(Entry.locator(records.take(SLOT, seen))).isEqualTo(10);
  }

  // Forbidden: a leaf that goes between a removal and its note, and takes a record with it that a
  // crash must find, since no tombstone is written yet.
  @Test
  void aLeafStaysAsLongAsARecordIsBesideAWord() {
    MemoryBudget budget = new MemoryBudget(1 << 20);
    PageTable table = new PageTable(budget, new ChangedLeaves(), 1, null);
    Leaf leaf = table.findOrMake(1, SLOT);
    assertThat(leaf.compareAndSet(SLOT, 0, Entry.absent(5))).isTrue();
    assertThat(leaf.changes().makeRecords(budget)).isTrue();
    leaf.changes().records().put(SLOT, Entry.superseded(10));
    table.unlinkIfEmpty(leaf);
    assertThat(table.find(1, SLOT)).isSameAs(leaf);
    assertThat(leaf.get(SLOT)).as("as it was").isEqualTo(Entry.absent(5));
    leaf.changes().records().take(SLOT);
    table.unlinkIfEmpty(leaf);
    assertThat(table.find(1, SLOT)).isNull();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void whoLooksWaitsForTheLock() throws InterruptedException {
    put(10);
    long before = records.lock(SLOT);
    CountDownLatch begun = new CountDownLatch(1);
    AtomicLong found = new AtomicLong();
    Thread reader =
        new Thread(
            () -> {
              begun.countDown();
              found.set(records.get(SLOT));
            });
    reader.start();
    begun.await();
    records.unlock(SLOT, SideRecords.after(before, Entry.record(20)));
    reader.join();
    assertThat(Entry.locator(found.get())).isEqualTo(20);
  }
}
