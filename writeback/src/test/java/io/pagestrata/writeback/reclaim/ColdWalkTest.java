// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Cold zpages are tried where they rest, each once, and never instead of reclaim. */
class ColdWalkTest {
  private static final int REGION = FakeUpper.PAGES_PER_REGION;
  private static final long AGE_NANOS = 80_000_000_000L;

  private final Marker marker = new Marker();
  private final Rig rig = new Rig(20, false, 0, marker);

  /** Gains nothing, but notes that it tried. */
  private static final class Marker implements Recompressor {
    private final CRC32C crc = new CRC32C();
    private int tried;
    private int allowed = Integer.MAX_VALUE;
    private boolean broken;

    @Override
    public int recompress(ByteBuffer memory, int offset, int bytes) {
      if (broken) {
        throw new IllegalStateException("codec broke");
      }
      if (ZpageHeader.recompressionStep(memory, offset) == 0) {
        tried++;
        int stored = bytes - ZpageHeader.BYTES;
        ZpageHeader.recompressed(memory, offset, 1, stored, 1, crc);
      }
      return bytes;
    }

    @Override
    public long idleAgeNanos() {
      return AGE_NANOS;
    }

    @Override
    public boolean isReady() {
      return tried < allowed;
    }

    @Override
    public RecompressionStats stats() {
      return RecompressionStats.ZERO;
    }

    @Override
    public void close() {}
  }

  private int marked(int first, int count) {
    int marked = 0;
    for (int i = first; i < first + count; i++) {
      marked += ZpageHeader.recompressionStep(rig.chain.page(i).zpage, 0);
    }
    return marked;
  }

  @Test
  void coldZpagesAreTriedOnceAndHotOnesAreNot() {
    rig.chain.putMany(0, 4 * REGION);
    rig.chain.page(3).referenced = true;
    rig.clock.advanceNanos(AGE_NANOS - 1);
    rig.runAll();
    assertThat(marker.tried).isZero();
    rig.clock.advanceNanos(AGE_NANOS);
    rig.runAll();
    assertThat(marker.tried).isEqualTo(4 * REGION - 1);
    assertThat(marked(0, 4 * REGION)).isEqualTo(4 * REGION - 1);
    assertThat(rig.stats().writtenPages()).isZero();
    rig.clock.advanceNanos(3 * AGE_NANOS);
    rig.runAll();
    assertThat(marker.tried).isEqualTo(4 * REGION - 1);
    rig.chain.assertClean();
  }

  @Test
  void aPassWaitsForTheBudget() {
    rig.chain.putMany(0, 4 * REGION);
    marker.allowed = REGION + REGION / 2;
    rig.clock.advanceNanos(2 * AGE_NANOS);
    rig.runAll();
    assertThat(marker.tried).isEqualTo(marker.allowed);
    marker.allowed = Integer.MAX_VALUE;
    // The rest of the region in which it stopped is seen by the next pass.
    for (int i = 0; i < 2; i++) {
      rig.clock.advanceNanos(AGE_NANOS);
      rig.runAll();
    }
    assertThat(marked(0, 4 * REGION)).isEqualTo(4 * REGION);
    rig.chain.assertClean();
  }

  @Test
  void reclaimGoesFirstAndGetsTheRegionsBack() {
    rig.chain.putMany(0, 10 * REGION);
    marker.allowed = REGION / 2;
    rig.clock.advanceNanos(2 * AGE_NANOS);
    rig.runAll();
    assertThat(rig.chain.upper.hasShownRegion()).isTrue();
    rig.chain.putMany(10L * REGION, 9 * REGION);
    rig.runAll();
    assertThat(rig.stats().demotedPages()).isPositive();
    rig.chain.assertClean();
  }

  /** Thrown through the tier, it would leave the region shown for ever. */
  @Test
  void aBrokenCodecKeepsNoRegionFromReclaim() {
    rig.chain.putMany(0, 4 * REGION);
    marker.broken = true;
    rig.clock.advanceNanos(2 * AGE_NANOS);
    rig.runAll();
    assertThat(rig.events(EventKind.ERROR)).isNotEmpty();
    rig.chain.assertClean();
    marker.broken = false;
    rig.clock.advanceNanos(AGE_NANOS);
    rig.runAll();
    assertThat(marked(0, 4 * REGION)).isEqualTo(4 * REGION);
    rig.chain.assertClean();
  }

  @Test
  void closeLetsTheRegionsGo() {
    rig.chain.putMany(0, 4 * REGION);
    marker.allowed = REGION / 2;
    rig.clock.advanceNanos(2 * AGE_NANOS);
    rig.runAll();
    assertThat(rig.chain.upper.hasShownRegion()).isTrue();
    rig.reclaimer.onClose();
    rig.chain.assertClean();
  }
}
