// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.pipeline.BatchSink;
import io.pagestrata.writeback.reclaim.RegionWalk.Mode;
import io.pagestrata.writeback.testing.FakePage;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which zpages of a region get into which batch, and who settles the region. */
class RegionWalkTest {
  private static final long SEED = 20_261_121;
  private static final int REGION = FakeUpper.PAGES_PER_REGION;
  private static final int BATCH_PAGES = 3;
  private static final long ALL = Long.MAX_VALUE;

  private final Rig rig = new Rig(20);
  private final Slots slots = new Slots();
  private final RegionWalk walk =
      new RegionWalk(
          rig.step, slots, rig.reporting, new AgentTime(rig.clock, this::pauseWithoutHelp));

  private void pauseWithoutHelp() {
    rig.clock.advanceMillis(1);
  }

  /** Hands out as many small batches as it is told to, and keeps what is published. */
  private static final class Slots implements BatchSink {
    private final Deque<ZpageBatch> claimed = new ArrayDeque<>();
    private final List<ZpageBatch> published = new ArrayList<>();
    private int free = 100;

    @Override
    public boolean hasFreeSlot() {
      return free > 0;
    }

    @Override
    public ZpageBatch claim() {
      free--;
      claimed.add(
          new ZpageBatch(ByteBuffer.allocateDirect(BATCH_PAGES * FakePage.BYTES), FakePage.BYTES));
      return claimed.getLast();
    }

    @Override
    public void publish() {
      published.add(claimed.remove());
    }

    @Override
    public long inFlightBatches() {
      return published.size();
    }

    @Override
    public long inFlightBytes() {
      return published.stream().mapToLong(ZpageBatch::bytes).sum();
    }

    @Override
    public long failures() {
      return 0;
    }

    @Override
    public boolean isFailing() {
      return false;
    }

    @Override
    public long latencyNanos() {
      return 0;
    }
  }

  private long collect() {
    assertThat(walk.openBatch()).isTrue();
    return walk.walk(ALL, false, Mode.COLLECT, ALL, ALL);
  }

  private static List<Long> ids(ZpageBatch batch) {
    return IntStream.range(0, batch.count())
        .mapToObj(i -> ZpageHeader.object(batch.data(), batch.offset(i)))
        .toList();
  }

  private static List<Long> regions(ZpageBatch batch) {
    return IntStream.range(0, batch.regionCount()).mapToObj(batch::region).toList();
  }

  /** Ends what was published, and settles its regions, as a committer does. */
  private void endAll() {
    walk.flush();
    for (ZpageBatch batch : slots.published) {
      for (int i = 0; i < batch.count(); i++) {
        rig.chain.cancel(0, batch, i);
      }
      regions(batch).forEach(rig.chain.upper::settle);
    }
    rig.chain.assertClean();
  }

  // Forbidden: a region that is settled with an earlier batch than that of its last zpage.
  @Test
  void aRegionGoesWithTheBatchThatItsLastZpageIsIn() {
    rig.chain.putMany(0, REGION);
    long region = collect();
    assertThat(slots.published).hasSize(2);
    assertThat(ids(slots.published.get(0))).containsExactly(0L, 1L, 2L);
    assertThat(ids(slots.published.get(1))).containsExactly(3L, 4L, 5L);
    assertThat(slots.published).allMatch(batch -> batch.regionCount() == 0);
    assertThat(walk.flush()).isTrue();
    assertThat(ids(slots.published.get(2))).containsExactly(6L, 7L);
    assertThat(regions(slots.published.get(2))).containsExactly(region);
    endAll();
  }

  // Forbidden: a zpage that was claimed and is in no batch, a shadow that nobody ends.
  @Test
  void withoutAFreeSlotTheRestOfTheRegionIsLeftForLater() {
    rig.chain.putMany(0, REGION);
    slots.free = 2;
    long region = collect();
    assertThat(region).isNotNegative();
    assertThat(rig.chain.count(Place.SHADOW)).isEqualTo(2 * BATCH_PAGES);
    assertThat(rig.chain.count(Place.ABOVE)).isEqualTo(REGION - 2 * BATCH_PAGES);
    assertThat(walk.leavingPages()).isEqualTo(2 * BATCH_PAGES);
    walk.flush();
    assertThat(slots.published).hasSize(2);
    assertThat(regions(slots.published.get(1))).containsExactly(region);
    assertThat(walk.openBatch()).isFalse();
    endAll();
  }

  @Test
  void aTrialIsOneBatch() {
    rig.chain.putMany(0, REGION);
    assertThat(walk.openBatch()).isTrue();
    walk.walk(ALL, false, Mode.TRIAL, ALL, ALL);
    assertThat(slots.published).isEmpty();
    assertThat(rig.chain.count(Place.SHADOW)).isEqualTo(BATCH_PAGES);
    endAll();
  }

  // Forbidden: a request for so many pages that takes one more.
  @Test
  void aWalkEndsAtItsPagesOrBytes() {
    rig.chain.putMany(0, 2 * REGION);
    assertThat(walk.openBatch()).isTrue();
    walk.walk(ALL, false, Mode.COLLECT, ALL, 2);
    assertThat(rig.chain.count(Place.SHADOW)).isEqualTo(2);
    walk.walk(ALL, false, Mode.COLLECT, 5L * FakePage.BYTES, ALL);
    assertThat(rig.chain.count(Place.SHADOW)).isEqualTo(2 + 5);
    endAll();
  }

  // Forbidden: a region in which something stays, and that is shown again and again as the oldest.
  @Test
  void aSiftedRegionInWhichSomethingStaysIsHeldUntilTheRelease() {
    rig.chain.putMany(0, 2 * REGION);
    for (int i = 1; i < 2 * REGION; i++) {
      rig.chain.page(i).ephemeral = true;
    }
    long held = walk.walk(ALL, false, Mode.SIFT, ALL, ALL);
    assertThat(walk.heldFreedBytes()).isEqualTo((REGION - 1L) * FakePage.BYTES);
    long whole = walk.walk(ALL, false, Mode.SIFT, ALL, ALL);
    assertThat(rig.chain.upper.settled).containsExactly(whole);
    assertThat(walk.walk(ALL, false, Mode.SIFT, ALL, ALL)).isEqualTo(UpperTier.NOTHING);
    walk.release();
    assertThat(rig.chain.upper.settled).containsExactly(whole, held);
    assertThat(walk.heldFreedBytes()).isZero();
    assertThat(rig.counters.get(Movement.DROPPED_PAGES)).isEqualTo(2 * REGION - 1);
    assertThat(rig.chain.count(Place.SHADOW)).isZero();
    rig.chain.assertClean();
  }

  // Forbidden: an exception that leaves the tier with a region shown for ever.
  @Test
  void aClaimThatBreaksEndsTheWalkAndTheRegionIsSettled() {
    rig.chain.putMany(0, REGION);
    rig.chain.page(2).brokenClaim = true;
    long region = collect();
    assertThat(rig.events(EventKind.ERROR)).hasSize(1);
    assertThat(rig.chain.count(Place.SHADOW)).isEqualTo(2);
    walk.flush();
    assertThat(regions(slots.published.get(0))).containsExactly(region);
    endAll();
    rig.chain.page(0).brokenClaim = true;
    assertThat(collect()).isEqualTo(region);
    assertThat(rig.chain.upper.settled).containsExactly(region, region);
  }

  @Test
  void aClosedWalkClaimsNothingAnyMore() {
    rig.chain.putMany(0, REGION);
    walk.close();
    long region = collect();
    assertThat(rig.chain.count(Place.ABOVE)).isEqualTo(REGION);
    assertThat(rig.chain.upper.settled).containsExactly(region);
  }

  @Test
  void whatIsAfterOneTenantPassesTheOthersBy() {
    rig.chain.putMany(0, REGION);
    rig.chain.page(5).tenant = "a";
    walk.aimAt(ReclaimAim.ofTenant("a"), false);
    collect();
    assertThat(walk.shownBytes()).isEqualTo(FakePage.BYTES);
    assertThat(walk.gainedBytes()).isEqualTo(FakePage.BYTES);
    assertThat(rig.chain.page(5).place).isEqualTo(Place.SHADOW);
    assertThat(rig.chain.count(Place.ABOVE)).isEqualTo(REGION - 1);
    endAll();
  }

  // Forbidden, whatever the pages are: a zpage in no batch or in two, a region settled too early.
  @Test
  void everyClaimedZpageIsInOneBatch() {
    Random random = new Random(SEED);
    for (long id = 0; id < 12 * REGION; id++) {
      FakePage page = rig.chain.put(id);
      page.referenced = random.nextInt(4) == 0;
      page.ephemeral = random.nextInt(5) == 0;
      page.backed = random.nextInt(6) == 0;
    }
    for (int i = 0; i < 12; i++) {
      slots.free = random.nextInt(4);
      if (walk.openBatch()) {
        walk.walk(ALL, random.nextBoolean(), Mode.COLLECT, ALL, 1 + random.nextInt(10));
      }
    }
    walk.flush();
    List<Long> inBatches = slots.published.stream().flatMap(it -> ids(it).stream()).toList();
    assertThat(inBatches).as("seed %d", SEED).doesNotHaveDuplicates().isNotEmpty();
    assertThat(rig.chain.count(Place.SHADOW)).as("seed %d", SEED).isEqualTo(inBatches.size());
    endAll();
  }
}
