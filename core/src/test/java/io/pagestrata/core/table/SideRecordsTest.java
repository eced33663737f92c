// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;

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
