// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.testing.FakePage;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private static final int REGION = FakeUpper.PAGES_PER_REGION;

  private final Rig rig = new Rig(20);

  @Test
  void slotsAreFreeAgainOnceCommitted() {
    for (int i = 0; i < Rig.RING_SLOTS; i++) {
      assertThat(rig.pipeline.hasFreeSlot()).isTrue();
      rig.pipeline.claim();
      rig.pipeline.publish();
    }
    assertThat(rig.pipeline.hasFreeSlot()).isFalse();
    Rig.run(rig.pipeline.writer());
    assertThat(rig.pipeline.hasFreeSlot()).isFalse();
    rig.pipeline.committer().doWork();
    assertThat(rig.pipeline.hasFreeSlot()).isTrue();
  }

  @Test
  void claimSeesWhetherANextSlotIsFreeWhileOneIsOpen() {
    for (int i = 0; i < Rig.RING_SLOTS - 1; i++) {
      rig.pipeline.claim();
      rig.pipeline.publish();
    }
    rig.pipeline.claim();
    assertThat(rig.pipeline.hasFreeSlot()).isFalse();
  }

  @Test
  void nothingIsPublishedTwice() {
    rig.pipeline.claim();
    rig.pipeline.publish();
    assertThatThrownBy(rig.pipeline::publish).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void claimedBatchIsEmptyAndAligned() {
    for (int round = 0; round < 2 * Rig.RING_SLOTS; round++) {
      ZpageBatch batch = rig.pipeline.claim();
      assertThat(batch.count()).isZero();
      assertThat(batch.data().capacity()).isEqualTo(Rig.BATCH_BYTES);
      assertThat(batch.data().alignmentOffset(0, Pipeline.BUFFER_ALIGNMENT)).isZero();
      batch.addRegion(99);
      rig.pipeline.publish();
      rig.runStages();
    }
  }

  @Test
  void batchWithRegionsOnlyIsNotWritten() {
    rig.pipeline.claim().addRegion(5);
    rig.pipeline.publish();
    rig.runStages();
    assertThat(rig.chain.lower.attempts()).isZero();
    // The fake tier shows that it was settled, by its complaint that it never showed this region.
    assertThat(rig.chain.upper.violations).containsExactly("settled but not shown: 5");
    assertThat(rig.stats().batches()).isZero();
  }

  @Test
  void bytesInFlightComeAndGo() {
    rig.chain.putMany(0, 19 * REGION);
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    assertThat(rig.pipeline.inFlightBytes()).isEqualTo(Rig.BATCH_BYTES);
    rig.runAll();
    assertThat(rig.pipeline.inFlightBytes()).isZero();
  }

  @Test
  void summaryOfABatchAddsUp() {
    rig.chain.putMany(0, 19 * REGION);
    rig.runAll();
    assertThat(rig.events(EventKind.BATCH).get(0))
        .satisfies(
            e -> {
              assertThat(e.text(Field.TIER)).isEqualTo("ram");
              assertThat(e.text(Field.TO)).isEqualTo("file");
              assertThat(e.number(Field.PAGES)).isEqualTo(Rig.BATCH_PAGES);
              assertThat(e.number(Field.OUT)).isEqualTo(Rig.BATCH_BYTES);
              assertThat(e.number(Field.PAYLOAD)).isEqualTo(Rig.BATCH_PAGES * 992.0);
              assertThat(e.number(Field.RATIO)).isEqualTo(4096.0 / 992);
              assertThat(e.number(Field.DEMOTED)).isEqualTo(Rig.BATCH_PAGES);
            });
    double pages =
        rig.events(EventKind.BATCH).stream().mapToDouble(e -> e.number(Field.PAGES)).sum();
    assertThat(pages).isEqualTo(rig.stats().writtenPages());
    assertThat(rig.stats().writtenPayloadBytes()).isEqualTo(rig.stats().writtenPages() * 992);
    assertThat(rig.stats().writtenBatchBytes())
        .isEqualTo(rig.stats().writtenPages() * FakePage.BYTES);
  }
}
