// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.WriteBudget;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Charges the write budget of a file tier with what reached the medium, to the byte: batches,
 * cleaning, headers, footers and padding.
 *
 * <p>What a batch may need is taken before it is written. Afterwards the budget is charged with
 * what the counters say was written, and what was taken is given back, so that a write that failed
 * costs what it wore the medium and no more. Belongs to one tier; thread-safe.
 */
public final class FileWear {
  /** Cleaning moves no more than this beyond its step before it looks again. */
  private static final long CLEANING_MARGIN_BYTES = 2 * Cleaner.STEP_BYTES;

  private final WriteBudget budget;
  private final BudgetFile file;
  private final AtomicLong chargedBytes = new AtomicLong();

  /**
   * Connects a budget with the file that keeps it.
   *
   * @param budget bounds what is written
   * @param file keeps this budget, and maybe others, across restarts
   */
  public FileWear(WriteBudget budget, BudgetFile file) {
    this.budget = budget;
    this.file = file;
  }

  /**
   * Lets a tier write as much as it wants.
   *
   * @return no budget, and no file that keeps it
   */
  public static FileWear unlimited() {
    return new FileWear(WriteBudget.UNLIMITED, BudgetFile.NONE);
  }

  WriteBudget budget() {
    return budget;
  }

  /** Reads what earlier runs used. */
  void load() throws IOException {
    file.load();
  }

  /** Takes the bytes of a batch; after true comes {@link #end}. */
  boolean begin(long batchBytes) {
    return budget.tryTake(batchBytes);
  }

  void end(long batchBytes, FileCounters counters) {
    settle(counters);
    budget.giveBack(batchBytes);
  }

  /** Charges what was written since the last time. */
  void settle(FileCounters counters) {
    if (budget.isLimited()) {
      long written = counters.writtenBytes.sum();
      long before = chargedBytes.getAndAccumulate(written, Math::max);
      if (written > before) {
        budget.charge(written - before);
      }
    }
  }

  /** Cleaning never takes the last bytes of a day, nor runs when they are gone. */
  boolean mayClean() {
    return budget.leftTodayBytes() >= CLEANING_MARGIN_BYTES;
  }

  /** Saves what was used, once a second at most. */
  void save() throws IOException {
    file.saveIfDue();
  }

  void close(FileCounters counters) throws IOException {
    settle(counters);
    file.save();
  }
}
