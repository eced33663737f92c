// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Batches get smaller between collecting and writing, and everything that counts bytes adds up. */
class RecompressionTest {
  private static final int SAVED = 256;
  private static final int REGION = FakeUpper.PAGES_PER_REGION;

  private final Cutter cutter = new Cutter();
  private final Rig rig = new Rig(20, false, 0, cutter);

  private static final class Cutter implements Recompressor {
    private final CRC32C crc = new CRC32C();
    private RuntimeException failure;

    @Override
    public int recompress(ByteBuffer memory, int offset, int bytes) {
      if (failure != null) {
        throw failure;
      }
      int stored = bytes - ZpageHeader.BYTES - SAVED;
      ZpageHeader.recompressed(memory, offset, 9, stored, 2, crc);
      return bytes - SAVED;
    }

    @Override
    public long idleAgeNanos() {
      return 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public RecompressionStats stats() {
      return RecompressionStats.ZERO;
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsWrittenIsSmallerAndWhatLeftIsNot() {
    rig.chain.lower.behaviour =
        batch -> {
          for (int i = 0; i < batch.count(); i++) {
            assertThat(ZpageHeader.codec(batch.data(), batch.offset(i))).isEqualTo(9);
          }
          return TierOutcome.STORED;
        };
    rig.chain.putMany(0, 19 * REGION);
    rig.runAll();
    long written = rig.stats().writtenPages();
    assertThat(written).isPositive();
    assertThat(rig.stats().writtenPayloadBytes()).isEqualTo(written * (992 - SAVED));
    assertThat(rig.counters.get(Movement.LEFT_BYTES)).isEqualTo(written * 1024);
    assertThat(rig.pipeline.inFlightBytes()).isZero();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    rig.chain.assertClean();
  }

  @Test
  void aRecompressorThatBreaksFailsTheBatchAndNoPageIsLost() {
    cutter.failure = new IllegalStateException("broken codec");
    rig.chain.putMany(0, 19 * REGION);
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.runStages();
    assertThat(rig.stats().failedBatches()).isPositive();
    assertThat(rig.chain.cancels()).isPositive();
    assertThat(rig.chain.count(Place.BELOW)).isZero();
    assertThat(rig.chain.lower.attempts()).isZero();
    cutter.failure = null;
    rig.clock.advanceNanos(1_000_000_000L);
    rig.runAll();
    rig.chain.assertClean();
  }

  @Test
  void closeThatGaveUpFindsTheBatchWhole() {
    rig.chain.putMany(0, 19 * REGION);
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    assertThat(rig.pipeline.cancelRemaining()).isPositive().isEqualTo(rig.chain.cancels());
    // The writer comes back late: an ended batch is neither rewritten nor stored.
    cutter.failure = new IllegalStateException("must not be asked");
    Rig.run(rig.pipeline.writer());
    assertThat(rig.chain.lower.attempts()).isZero();
    assertThat(rig.chain.count(Place.BELOW)).isZero();
  }
}
