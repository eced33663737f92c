// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.writeback.testing.FakeTier;
import io.pagestrata.writeback.testing.Rig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where batches go whose next tier keeps them safe by itself, and whose pace they keep. */
class RevocableStoreTest {
  private final Rig rig = new Rig(20);
  private final Replicas replicas = new Replicas();
  private final BatchSlot slot =
      new BatchSlot(new ZpageBatch(ByteBuffer.allocateDirect(Rig.BATCH_BYTES), 4096));
  private RevocableStore store;

  @BeforeEach
  void openBetween() {
    rig.chain.between = replicas;
    rig.chain.lower.budget =
        new WriteBudget("file", 1, WriteBudget.NO_LIMIT, rig.clock, InstantSource.system());
    store = new RevocableStore("write-ram", rig.step, rig.monitor);
  }

  /** Does with each batch what the test says. */
  private static final class Replicas extends FakeTier implements RevocableTier {
    private TierOutcome outcome = TierOutcome.STORED;
    private boolean mirrored;

    Replicas() {
      super("remote");
    }

    @Override
    public boolean isMirrored() {
      return mirrored;
    }

    @Override
    public TierOutcome store(ZpageBatch batch) throws IOException {
      if (outcome == null) {
        throw new IOException("told to fail");
      }
      return outcome;
    }

    @Override
    public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
      return NO_SPACE;
    }

    @Override
    public long repatriate(ZpageVisitor visitor) {
      return NOTHING;
    }

    @Override
    public long rebase(long locator, long backing) {
      return locator;
    }

    @Override
    public long backing(long locator) {
      return NO_BACKING;
    }

    @Override
    public long reclaim(ZpageVisitor visitor, long untouchedSinceNanos) {
      return NOTHING;
    }

    @Override
    public void settle(long region) {}

    @Override
    public void free(long locator) {}

    @Override
    public long maintain() {
      return 0;
    }

    @Override
    public long usedBytes() {
      return 0;
    }

    @Override
    public long limitBytes() {
      return 1 << 20;
    }

    @Override
    public TierStats stats() {
      return new TierStats(
          name(), TierState.OPEN, 0, 0, 0, limitBytes(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  @Test
  void replicasAreNotWrittenAtThePaceOfTheDisk() throws IOException {
    assertThat(store.budget()).isSameAs(WriteBudget.UNLIMITED);
    assertThat(store.store(slot)).isEqualTo(TierOutcome.STORED);
    assertThat(slot.batch.tiersSkipped()).isZero();
    assertThat(store.budget()).isSameAs(WriteBudget.UNLIMITED);
  }

  @Test
  void whileTheReplicasArePassedOverTheDiskSetsThePace() throws IOException {
    replicas.outcome = null;
    assertThat(store.store(slot)).isEqualTo(TierOutcome.STORED);
    assertThat(slot.batch.tiersSkipped()).isEqualTo(1);
    assertThat(store.budget().name()).isEqualTo("file");
    slot.reset();
    replicas.outcome = TierOutcome.STORED;
    store.store(slot);
    assertThat(store.budget()).isSameAs(WriteBudget.UNLIMITED);
  }

  @Test
  void mirrorsAreWrittenAtThePaceOfTheDisk() throws IOException {
    replicas.mirrored = true;
    assertThat(store.budget().name()).isEqualTo("file");
    store.store(slot);
    assertThat(store.budget().name()).isEqualTo("file");
  }
}
