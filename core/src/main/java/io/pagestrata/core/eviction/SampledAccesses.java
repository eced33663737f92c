// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.eviction;

import io.pagestrata.core.tier.Accesses;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * Finds the share of a tier that kept zpages deserve, from what happens to a sample of the pages.
 *
 * <p>One page in so many, chosen by its number, is also run through models of the tier that are as
 * much smaller and differ in that share alone: a small sample behaves like the whole (Waldspurger
 * and others, miniature simulations, USENIX ATC 2017). The share of the model with the most hits of
 * late becomes that of the tier, when it is clearly better: pages under a swap device are not put
 * again, so a change that was wrong is dear. Refault distances decide in the models as they do in
 * the tier, so they decide about the share as well, as those of Linux {@code mm/workingset.c}
 * balance its active and inactive lists.
 *
 * <p>A lock guards the models; whoever finds it taken leaves the access unheard.
 */
final class SampledAccesses extends Accesses {
  /** What new zpages leave to kept ones, at least and at most; the first is that of the start. */
  private static final double[] KEPT_SHARES = {0.1, 0.5, 0.9};

  private static final int PAGES = 1 << 12;

  /** Three models and what left them lately must find room. */
  private static final int MOST_CAPACITY = PAGES / 4;

  private static final int LEAST_CAPACITY = 16;
  private static final int LEAST_TURN = 64;
  private static final double FADE = 0.95;
  private static final double CLEARLY_BETTER = 1.2;

  /** So few hits more are luck: the sample is small, and at the start nothing is known. */
  private static final double LEAST_LEAD = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final ModelTier[] models = new ModelTier[KEPT_SHARES.length];
  private final IntPredicate isHeld = this::isHeld;
  private volatile double keptShare = KEPT_SHARES[0];
  private SampledPages pages;
  private LongSupplier zpagesThatFit;
  private Promotion promotion;
  private long oneIn = 1;
  private int current;
  private int accesses;
  private int turn;

  double keptShare() {
    return keptShare;
  }

  @Override
  public long memoryBytes() {
    return (long) PAGES
        * (SampledPages.BYTES_PER_PAGE + KEPT_SHARES.length * ModelTier.BYTES_PER_PAGE);
  }

  @Override
  public void begin(LongSupplier fit, Promotion rule, MemoryBudget budget) {
    if (!budget.tryCharge(memoryBytes())) {
      return;
    }
    zpagesThatFit = fit;
    promotion = rule;
    pages = new SampledPages(PAGES);
    for (int i = 0; i < models.length; i++) {
      models[i] = new ModelTier(KEPT_SHARES[i], PAGES);
    }
    fitSample();
  }

  /** Makes the sample smaller when the models have become too small for it; never larger. */
  private void fitSample() {
    long fit = zpagesThatFit.getAsLong();
    if (fit / oneIn > MOST_CAPACITY) {
      while (fit / oneIn > MOST_CAPACITY / 2) {
        oneIn *= 2;
      }
      pages.forgetAll();
      for (ModelTier model : models) {
        model.forgetAll();
      }
    }
    int capacity = (int) Math.max(LEAST_CAPACITY, fit / oneIn);
    turn = Math.max(LEAST_TURN, capacity / 4);
    for (ModelTier model : models) {
      model.setCapacity(capacity);
    }
    hearWithout(oneIn - 1);
  }

  @Override
  protected void stored(long page) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      int number = numberOf(page);
      for (ModelTier model : models) {
        model.stored(number);
      }
      count();
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected void read(long page) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      int number = numberOf(page);
      for (ModelTier model : models) {
        model.read(number, promotion);
      }
      count();
    } finally {
      lock.unlock();
    }
  }

  private int numberOf(long page) {
    int known = pages.find(page);
    if (known >= 0) {
      return known;
    }
    int number = pages.add(page, isHeld);
    for (ModelTier model : models) {
      model.forget(number);
    }
    return number;
  }

  private boolean isHeld(int number) {
    for (ModelTier model : models) {
      if (model.holds(number)) {
        return true;
      }
    }
    return false;
  }

  private void count() {
    if (++accesses < turn) {
      return;
    }
    accesses = 0;
    double mark = models[current].hits() * CLEARLY_BETTER + LEAST_LEAD;
    for (int i = 0; i < models.length; i++) {
      if (models[i].hits() > mark) {
        mark = models[i].hits();
        current = i;
      }
    }
    keptShare = models[current].keptShare;
    for (ModelTier model : models) {
      model.fade(FADE);
    }
    fitSample();
  }
}
