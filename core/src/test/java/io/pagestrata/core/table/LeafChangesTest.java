// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Which pages of a leaf changed, and who hears of it. */
class LeafChangesTest {
  private static final long SEED = 20_261_121;
  private static final int LEAVES = 4000;

  private final ChangedLeaves log = new ChangedLeaves();
  private final Leaf leaf = new Leaf(null, log, 3, 7L << 40, 1024);
  private final LeafChanges changes = leaf.changes();

  private static BitSet take(LeafChanges changes) {
    long[] bits = new long[LeafChanges.BIT_WORDS];
    changes.take(bits);
    return BitSet.valueOf(bits);
  }

  // Forbidden: a sync that hears of a page that did not change, or not of one that did.
  @Test
  void eachPageThatChangedIsTakenOnce() {
    Random random = new Random(SEED);
    for (int round = 0; round < 20; round++) {
      BitSet noted = new BitSet();
      for (int i = 0; i < 1 + random.nextInt(100); i++) {
        int slot = random.nextInt(Leaf.PAGES);
        noted.set(slot);
        changes.note(slot);
        assertThat(changes.isClean()).isFalse();
      }
      assertThat(log.takeAll()).isSameAs(changes);
      assertThat(take(changes)).as("seed %d, round %d", SEED, round).isEqualTo(noted);
      assertThat(changes.isClean()).isTrue();
      assertThat(take(changes).isEmpty()).isTrue();
    }
  }

  // Forbidden: a leaf that is on the stack twice, which ties the stack into a ring.
  @Test
  void aLeafIsQueuedOnceUntilItsBitsAreTaken() {
    LeafChanges other = new Leaf(null, log, 3, 7L << 40, 0).changes();
    changes.note(1);
    other.note(1);
    changes.note(2);
    LeafChanges first = log.takeAll();
    assertThat(first).isSameAs(other);
    assertThat(first.next()).isSameAs(changes);
    assertThat(changes.next()).isNull();
    changes.note(3);
    assertThat(log.takeAll()).as("its bits are still to be taken").isNull();
    changes.giveBack();
    assertThat(log.takeAll()).isSameAs(changes);
    assertThat(take(changes).cardinality()).isEqualTo(3);
    changes.note(3);
    assertThat(log.takeAll()).isSameAs(changes);
  }

  // Forbidden: a page whose change neither the take under way nor the next one hears of.
  @Test
  void aChangeBesideATakeIsInThisOneOrTheNext() {
    List<LeafChanges> leaves = new ArrayList<>();
    for (int i = 0; i < LEAVES; i++) {
      leaves.add(new Leaf(null, log, 3, i, 0).changes());
    }
    int[] heardOf = new int[LEAVES];
    AtomicBoolean running = new AtomicBoolean(true);
    Threads.run(
        2,
        number -> {
          if (number == 0) {
            changeTwoPagesOfEach(leaves);
            running.set(false);
          } else {
            while (running.get()) {
              hear(heardOf);
            }
          }
        });
    hear(heardOf);
    for (int i = 0; i < LEAVES; i++) {
      assertThat(heardOf[i]).as("changes of leaf %d, seed %d", i, SEED).isEqualTo(2);
    }
  }

  /** The first change queues the leaf; the second comes about when its bits are taken. */
  private static void changeTwoPagesOfEach(List<LeafChanges> leaves) {
    Random random = new Random(SEED);
    for (LeafChanges each : leaves) {
      each.note(Leaf.PAGES - 1);
      for (int spins = random.nextInt(100); spins > 0; spins--) {
        Thread.onSpinWait();
      }
      each.note(0);
    }
  }

  private void hear(int[] heardOf) {
    LeafChanges each = log.takeAll();
    while (each != null) {
      LeafChanges next = each.next();
      heardOf[(int) each.object()] += take(each).cardinality();
      each = next;
    }
  }

  // Forbidden: a page whose record is on disk, and which gets no tombstone since a sync came by.
  @Test
  void aRecordIsRememberedBeyondTheSync() {
    for (int slot = 0; slot < Leaf.PAGES; slot += 65) {
      changes.noteRecord(slot);
    }
    take(changes);
    for (int slot = 0; slot < Leaf.PAGES; slot++) {
      assertThat(changes.isRecorded(slot)).as("page %d", slot).isEqualTo(slot % 65 == 0);
    }
    assertThat(changes.isClean()).as("a record alone is no change").isTrue();
  }

  // Forbidden: records that are made behind the one who gives their memory back.
  @Test
  void recordsArePaidForOnceAndNeverBehindAnUnlink() {
    MemoryBudget budget = new MemoryBudget(1 << 20);
    assertThat(changes.makeRecords(new MemoryBudget(16))).isFalse();
    assertThat(changes.records()).isNull();
    assertThat(changes.makeRecords(budget)).isTrue();
    SideRecords records = changes.records();
    assertThat(changes.makeRecords(budget)).isTrue();
    assertThat(changes.records()).isSameAs(records);
    assertThat(budget.usedBytes()).isEqualTo(SideRecords.MEMORY_BYTES);
    assertThat(changes.isUnlinked()).isFalse();
    assertThat(changes.unlink()).isEqualTo(SideRecords.MEMORY_BYTES);
    assertThat(changes.isUnlinked()).isTrue();

    LeafChanges unlinked = new Leaf(null, log, 3, 7L << 40, 0).changes();
    assertThat(unlinked.unlink()).isZero();
    assertThat(unlinked.makeRecords(budget)).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(SideRecords.MEMORY_BYTES);
  }
}
