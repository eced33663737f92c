// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.MemoryBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A version that a newer one replaced goes when three looks in a row did not meet it. */
class OldVersionsTest {
  private static final long BUDGET_BYTES = 256 << 20;

  private final AtomicLong clock = new AtomicLong();
  private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
  private final List<Integer> retired = new ArrayList<>();
  private final BitSet met = new BitSet();
  private boolean canTell = true;
  private int looks;
  private long lookNanos;
  private ZstdDictionaries dictionaries;

  /** Two versions for pool 1, of which the second is used, and one for pool 2. */
  private final DictionaryLog shelf =
      new DictionaryLog() {
        @Override
        public List<SavedDictionary> load() {
          return List.of(saved(1, 1), saved(2, 1), saved(3, 2));
        }

        @Override
        public int nextId() {
          return 4;
        }

        @Override
        public void save(SavedDictionary dictionary) {}

        @Override
        public void delete(int id) {
          throw new AssertionError("its pool is not gone");
        }

        @Override
        public void retire(int id) {
          retired.add(id);
        }
      };

  private static SavedDictionary saved(int id, int pool) {
    return new SavedDictionary(id, pool, new byte[4096]);
  }

  @BeforeEach
  void open() throws IOException {
    DictionaryRule rule = new DictionaryRule(true, 4096, 16 << 10, 0.03, 1L << 60, 64 << 12, 1);
    dictionaries = new ZstdDictionaries(rule, budget, clock::get);
    dictionaries.encoder(Codecs.parse("zstd-1"));
    dictionaries.watch(this::look);
    dictionaries.attach(shelf);
  }

  @AfterEach
  void nothingIsLeft() {
    dictionaries.close();
    assertThat(budget.usedBytes()).isZero();
  }

  private Optional<BitSet> look() {
    looks++;
    clock.addAndGet(lookNanos);
    return canTell ? Optional.of(met) : Optional.empty();
  }

  private void stepAfter(long nanos) {
    clock.addAndGet(nanos);
    dictionaries.step();
  }

  private void stepThroughLooks(int count) {
    for (int i = 0; i < count; i++) {
      stepAfter(OldVersions.LEAST_PAUSE_NANOS);
    }
  }

  @Test
  void nobodyLooksWhileNothingIsOld() throws IOException {
    dictionaries.close();
    dictionaries = new ZstdDictionaries(DictionaryRule.OFF, budget, clock::get);
    dictionaries.watch(this::look);
    stepThroughLooks(5);
    assertThat(looks).isZero();
  }

  @Test
  void itGoesAfterThreeLooksFarEnoughApart() {
    stepAfter(0);
    stepAfter(OldVersions.LEAST_PAUSE_NANOS - 1);
    assertThat(looks).isZero();
    stepAfter(1);
    stepAfter(OldVersions.LEAST_PAUSE_NANOS - 1);
    assertThat(looks).isEqualTo(1);
    stepAfter(1);
    assertThat(looks).isEqualTo(2);
    assertThat(retired).isEmpty();
    long before = budget.usedBytes();
    stepThroughLooks(1);
    assertThat(retired).containsExactly(1);
    assertThat(dictionaries.stats().alive()).isEqualTo(2);
    assertThat(budget.usedBytes()).isLessThan(before);
    // What is in use stays, although no zpage was met.
    stepThroughLooks(10);
    assertThat(retired).containsExactly(1);
    assertThat(looks).isEqualTo(3);
  }

  @Test
  void aZpageThatNeedsItBeginsTheCountAnew() {
    stepAfter(0);
    stepThroughLooks(2);
    met.set(1);
    stepThroughLooks(1);
    met.clear();
    stepThroughLooks(2);
    assertThat(retired).isEmpty();
    stepThroughLooks(1);
    assertThat(retired).containsExactly(1);
  }

  @Test
  void aLookThatCannotTellDoesNotCount() {
    stepAfter(0);
    stepThroughLooks(2);
    canTell = false;
    stepThroughLooks(5);
    assertThat(retired).isEmpty();
    canTell = true;
    stepThroughLooks(1);
    assertThat(retired).containsExactly(1);
  }

  @Test
  void longLooksAreRare() {
    met.set(1);
    lookNanos = OldVersions.LEAST_PAUSE_NANOS;
    stepAfter(0);
    stepThroughLooks(1);
    stepThroughLooks(99);
    assertThat(looks).isEqualTo(1);
    stepThroughLooks(1);
    assertThat(looks).isEqualTo(2);
  }
}
