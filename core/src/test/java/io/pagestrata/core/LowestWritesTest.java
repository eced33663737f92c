// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.Tier;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** When no write is under way any more that may bring an older zpage below a tombstone. */
class LowestWritesTest {
  private static final int RAM = 0;
  private static final int REMOTE = 1;

  private final LowestWrites writes =
      new LowestWrites(
          new Mirrors(List.of(tier(Tier.class), tier(RevocableTier.class), tier(Tier.class))), 2);

  /** A tier that is never asked for anything but its kind. */
  private static Tier tier(Class<? extends Tier> kind) {
    return kind.cast(
        Proxy.newProxyInstance(
            kind.getClassLoader(),
            new Class<?>[] {kind},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            }));
  }

  @Test
  void aWriteThatBeganLaterDoesNotStandForOneUnderWay() {
    writes.begin(RAM);
    BooleanSupplier ended = writes.underWay();
    writes.begin(REMOTE);
    writes.end(REMOTE);
    assertThat(ended.getAsBoolean()).as("while the one from RAM hangs").isFalse();
    writes.end(RAM);
    assertThat(ended.getAsBoolean()).isTrue();
  }

  @Test
  void whatWasNotTakenAfterAllIsNotWaitedFor() {
    writes.begin(RAM);
    BooleanSupplier ended = writes.underWay();
    writes.abandon(RAM);
    assertThat(ended.getAsBoolean()).isTrue();
    writes.begin(RAM);
    writes.abandon(RAM);
    assertThat(ended.getAsBoolean()).isTrue();
  }

  @Test
  void aWriteThatEndsAboveTheLowestTierCountsOnlyAnywhere() {
    LowestWrites chain =
        new LowestWrites(
            new Mirrors(List.of(tier(Tier.class), tier(Tier.class), tier(Tier.class))), 2);
    chain.begin(RAM);
    BooleanSupplier lowest = chain.underWay();
    BooleanSupplier anywhere = chain.underWayAnywhere();
    assertThat(lowest.getAsBoolean()).as("it goes into the second tier").isTrue();
    assertThat(anywhere.getAsBoolean()).isFalse();
    chain.begin(RAM);
    chain.end(RAM);
    assertThat(anywhere.getAsBoolean()).as("zpages of one tier end in order").isTrue();
  }

  @Test
  void whatIsTakenOutOfTheLowestTierGoesNowhere() {
    BooleanSupplier anywhere = writes.underWayAnywhere();
    writes.begin(2);
    assertThat(writes.underWayAnywhere().getAsBoolean()).isTrue();
    writes.end(2);
    writes.abandon(2);
    assertThat(anywhere.getAsBoolean()).isTrue();
  }

  @Test
  void laterWritesAreNotWaitedFor() {
    BooleanSupplier ended = writes.underWay();
    writes.begin(RAM);
    writes.begin(REMOTE);
    assertThat(ended.getAsBoolean()).isTrue();
  }
}
