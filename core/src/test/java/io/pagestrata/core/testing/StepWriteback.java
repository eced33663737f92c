// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** Writeback whose steps a test takes one by one: collect, write, commit or cancel. */
public final class StepWriteback implements Writeback {
  /** Zpages that were claimed together and the batch they were copied into. */
  public static final class Round {
    public final int tier;
    public final ZpageBatch batch;
    public final Map<Claim, Integer> claims = new EnumMap<>(Claim.class);
    long region;

    Round(int tier, ZpageBatch batch) {
      this.tier = tier;
      this.batch = batch;
    }

    public int claims(Claim claim) {
      return claims.getOrDefault(claim, 0);
    }
  }

  public final Hierarchy hierarchy;
  public final AtomicInteger wakes = new AtomicInteger();
  private final int batchBytes;
  private final AtomicReference<Runnable> onWake = new AtomicReference<>(() -> {});
  private volatile Runnable onClose = () -> {};
  private volatile boolean hangs;
  private volatile boolean hangsAtLast;
  private volatile Runnable lastSteps = () -> {};

  public StepWriteback(Hierarchy hierarchy, int batchBytes) {
    this.hierarchy = hierarchy;
    this.batchBytes = batchBytes;
  }

  public Round collect(int tier, boolean force) {
    int pageBytes = hierarchy.pageBytes();
    Round round = new Round(tier, new ZpageBatch(ByteBuffer.allocate(batchBytes), pageBytes));
    round.region =
        hierarchy
            .upperTier(tier)
            .reclaim(
                (memory, offset, bytes, locator, backing) -> {
                  if (!round.batch.hasRoom(bytes)) {
                    return;
                  }
                  Claim claim =
                      hierarchy.claim(tier, memory, offset, bytes, locator, backing, force);
                  round.claims.merge(claim, 1, Integer::sum);
                  if (claim == Claim.TAKEN) {
                    round.batch.add(memory, offset, bytes, locator, backing);
                  }
                },
                Long.MAX_VALUE);
    return round;
  }

  public TierOutcome write(Round round) {
    try {
      Tier next = hierarchy.tier(round.tier + 1);
      if (!(next instanceof RevocableTier revocable)) {
        return next.store(round.batch);
      }
      int safe = hierarchy.safeTierBelow(round.tier);
      if (!revocable.isMirrored()) {
        if (next.store(round.batch) != TierOutcome.STORED) {
          round.batch.skipTiers(safe - round.tier - 1);
          return hierarchy.tier(safe).store(round.batch);
        }
        return TierOutcome.STORED;
      }
      TierOutcome outcome = hierarchy.tier(safe).store(round.batch);
      if (outcome == TierOutcome.STORED) {
        hierarchy.keepAsMirrors(safe, round.batch);
        if (next.store(round.batch) != TierOutcome.STORED) {
          hierarchy.settleForMirrors(round.batch);
          round.batch.skipTiers(safe - round.tier - 1);
        }
      }
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Commit> commit(Round round) {
    List<Commit> commits = new ArrayList<>();
    for (int i = 0; i < round.batch.count(); i++) {
      commits.add(hierarchy.commit(round.tier, round.batch, i));
    }
    settle(round);
    return commits;
  }

  public void cancel(Round round) {
    for (int i = 0; i < round.batch.count(); i++) {
      hierarchy.cancel(round.tier, round.batch, i);
    }
    settle(round);
  }

  private void settle(Round round) {
    if (round.region != UpperTier.NOTHING) {
      hierarchy.upperTier(round.tier).settle(round.region);
    }
  }

  /** One whole round; a batch that the tier below does not take is cancelled. */
  public Round demote(int tier, boolean force) {
    Round round = collect(tier, force);
    if (round.batch.count() > 0 && write(round) == TierOutcome.STORED) {
      commit(round);
    } else {
      cancel(round);
    }
    return round;
  }

  /** One round from any tier but the last; one in eight is given up. */
  public void moveAtRandom(Random random) {
    Round round = collect(random.nextInt(hierarchy.tierCount() - 1), random.nextBoolean());
    if (random.nextInt(8) > 0 && write(round) == TierOutcome.STORED) {
      commit(round);
    } else {
      cancel(round);
    }
  }

  /** Runs once, when writeback is woken next. */
  public void onceWoken(Runnable hook) {
    onWake.set(hook);
  }

  public void onClose(Runnable hook) {
    onClose = hook;
  }

  @Override
  public void wake() {
    wakes.incrementAndGet();
    onWake.getAndSet(() -> {}).run();
  }

  @Override
  public long writeBack(WritebackRequest request) {
    return demote(request.tier(), true).batch.count();
  }

  @Override
  public WritebackStats stats() {
    return WritebackStats.ZERO;
  }

  @Override
  public void close() {
    onClose.run();
  }

  /** Makes it look as if a call into a tier never came back. */
  public void hang() {
    hangs = true;
  }

  /** Makes it look as if the last steps of the store hung from their beginning. */
  public void hangAtLast() {
    hangsAtLast = true;
  }

  /** Lets what hung go on. */
  public void goOnAtLast() {
    lastSteps.run();
  }

  @Override
  public boolean runLast(Runnable steps, LongSupplier progress, Duration patience) {
    lastSteps = steps;
    if (!hangsAtLast) {
      steps.run();
    }
    return !hangsAtLast;
  }

  @Override
  public boolean hasEnded() {
    return !hangs;
  }
}
