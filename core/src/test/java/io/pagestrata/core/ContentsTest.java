// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A name never means two contents, and references are what was added less what was dropped. */
class ContentsTest {
  private static final int PAGE_BYTES = 4096;
  private static final int LIVES = 1 << 15;

  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final Tenants tenants = new Tenants(List.of(), PAGE_BYTES, 1);
  private final Pools pools = new Pools(null, budget, null, tenants, null);
  private final Contents contents = new Contents(budget, pools, new AtomicLong());
  private final Tenant owner = tenants.all().get(0);

  ContentsTest() {
    pools.makeContents();
  }

  private long create() {
    return contents.create(owner, 100);
  }

  @Test
  void aNameIsGivenOnce() {
    Set<Long> names = new HashSet<>();
    for (int i = 0; i < 3 * LIVES; i++) {
      long content = create();
      assertThat(names.add(content)).as("name %d is new", content).isTrue();
      assertThat(content).isBetween(0L, (1L << 47) - 1);
      contents.drop(null, content);
      assertThat(contents.acquire(content)).as("dead").isFalse();
    }
    assertThat(contents.stats().contents()).isZero();
    assertThat(contents.stats().sharedPages()).isZero();
  }

  @Test
  void referencesCount() {
    long content = create();
    assertThat(contents.acquire(content)).isTrue();
    assertThat(contents.acquire(content)).isTrue();
    assertThat(contents.referencesOf(Contents.slot(content))).isEqualTo(3);
    assertThat(contents.stats().savedBytes()).isEqualTo(200);
    contents.drop(null, content);
    contents.drop(null, content);
    assertThat(contents.stats().savedBytes()).isZero();
    assertThat(contents.stats().contents()).isEqualTo(1);
    contents.drop(null, content);
    assertThat(contents.stats().contents()).isZero();
    assertThat(contents.pool(content).isContents()).isTrue();
  }

  @Test
  void memoryIsBounded() {
    int made = 0;
    while (create() != Contents.NONE) {
      made++;
    }
    assertThat(made).isPositive();
    assertThat(budget.usedBytes()).isLessThanOrEqualTo(budget.limitBytes());
    assertThat(contents.stats().memoryBytes()).isEqualTo(budget.usedBytes());
  }
}
