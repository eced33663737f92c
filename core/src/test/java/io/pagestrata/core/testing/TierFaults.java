// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** What a {@link HeapTier} does wrong on command, and what a test does in the middle of a call. */
public final class TierFaults {
  public volatile int reserveSlots;

  /** Whether zpages are shown without their checksum, as by a tier that checks them itself. */
  public volatile boolean vouches;

  /** Whether the tier says that cleaning is about to make room. */
  public volatile boolean makingRoom;

  public volatile long lostLimitBytes;
  public volatile int regionZpages = Integer.MAX_VALUE;
  public volatile TierOutcome batchOutcome = TierOutcome.STORED;
  public volatile TierState state = TierState.OPEN;

  /** Why batches are refused, or null. */
  public volatile String trouble;

  private volatile Set<StoreIntent> refused = EnumSet.noneOf(StoreIntent.class);
  private volatile int failingZpage = -1;
  private volatile boolean failingReads;
  private volatile boolean gone;
  private volatile Runnable afterRefusal = () -> {};
  private final AtomicReference<Runnable> beforeRead = new AtomicReference<>();
  private final AtomicReference<Runnable> beforeBacking = new AtomicReference<>();
  private final AtomicReference<Runnable> beforeStore = new AtomicReference<>();
  private final AtomicReference<Runnable> afterRead = new AtomicReference<>();
  private final AtomicReference<Runnable> beforeClose = new AtomicReference<>();
  private final AtomicInteger refusals = new AtomicInteger();

  public void refuse(StoreIntent... intents) {
    Set<StoreIntent> set = EnumSet.noneOf(StoreIntent.class);
    set.addAll(Set.of(intents));
    refused = set;
  }

  public void failBatchAt(int zpage) {
    failingZpage = zpage;
  }

  public void failReads(boolean fail) {
    failingReads = fail;
  }

  public void answerGone(boolean value) {
    gone = value;
  }

  /** Runs once, at the start of the next read. */
  public void onceBeforeRead(Runnable hook) {
    beforeRead.set(hook);
  }

  /** Runs once, before the backing of a zpage is next told. */
  public void onceBeforeBacking(Runnable hook) {
    beforeBacking.set(hook);
  }

  /** Runs once, at the start of the next store. */
  public void onceBeforeStore(Runnable hook) {
    beforeStore.set(hook);
  }

  /** Runs after every refused store of one zpage. */
  public void onRefusal(Runnable hook) {
    afterRefusal = hook;
  }

  /** Runs once, after the next read has let go of its place, just before it returns. */
  public void onceAfterRead(Runnable hook) {
    afterRead.set(hook);
  }

  /** Runs once, at the start of close. */
  public void onceBeforeClose(Runnable hook) {
    beforeClose.set(hook);
  }

  public int refusals() {
    return refusals.get();
  }

  void beforeRead() throws IOException {
    runOnce(beforeRead);
    if (failingReads) {
      throw new IOException("told to fail");
    }
  }

  void beforeBacking() {
    runOnce(beforeBacking);
  }

  void afterRead() {
    runOnce(afterRead);
  }

  void beforeClose() {
    runOnce(beforeClose);
  }

  void beforeStore() {
    runOnce(beforeStore);
  }

  void afterRefusal() {
    afterRefusal.run();
  }

  boolean isGone() {
    return gone;
  }

  boolean refuses(StoreIntent intent) {
    return refused.contains(intent);
  }

  boolean failsAt(int zpage) {
    return zpage == failingZpage;
  }

  void countRefusal() {
    refusals.incrementAndGet();
  }

  private static void runOnce(AtomicReference<Runnable> hook) {
    if (hook.getPlain() != null) {
      Runnable once = hook.getAndSet(null);
      if (once != null) {
        once.run();
      }
    }
  }
}
