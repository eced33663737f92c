// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How much may be written to a medium, or for one tenant: bytes per day, which is refused, and
 * bytes per second, which is waited for.
 *
 * <p>A day is a day of UTC. The wall clock can only begin a later day: set back, it gives no bytes
 * twice; had it been ahead, the day in force ends 24 hours after it began on the monotonic clock,
 * so that a wrong clock never takes more than a day. The day after it is begun then, whatever the
 * wall clock says, and a wall clock that comes to it later does not begin it again. Bytes per
 * second are a bucket of one second's worth: who finds it empty of debt takes all it wants, so a
 * batch may be larger than the rate, and whoever comes next waits for the debt to be paid.
 *
 * <p>Thread-safe: one monitor, innermost, held for a few instructions.
 */
public final class WriteBudget {
  /** As bytes per second or per day: no limit. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  /** A budget that never ends. */
  public static final WriteBudget UNLIMITED =
      new WriteBudget("", NO_LIMIT, NO_LIMIT, () -> 0, InstantSource.system());

  private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);
  private static final double SECOND_NANOS = 1e9;

  private final String name;
  private final long bytesPerSecond;
  private final long bytesPerDay;
  private final LongSupplier nanoClock;
  private final InstantSource wallClock;
  private long day;
  private long dayStartNanos;
  private long usedBytes;
  private boolean usedUp;
  private long refusals;
  private double roomBytes;
  private long roomNanos;

  /**
   * Makes a budget of which nothing is used.
   *
   * @param name what it is for; one word without blanks, unique in its store
   * @param bytesPerSecond above 0, or {@link #NO_LIMIT}
   * @param bytesPerDay above 0, or {@link #NO_LIMIT}
   * @param nanoClock monotonic nanoseconds from any origin
   * @param wallClock tells the day
   */
  public WriteBudget(
      String name,
      long bytesPerSecond,
      long bytesPerDay,
      LongSupplier nanoClock,
      InstantSource wallClock) {
    this.name = name;
    this.bytesPerSecond = bytesPerSecond;
    this.bytesPerDay = bytesPerDay;
    this.nanoClock = nanoClock;
    this.wallClock = wallClock;
    day = today();
    dayStartNanos = nanoClock.getAsLong();
    roomBytes = bytesPerSecond;
    roomNanos = dayStartNanos;
  }

  /**
   * What the budget is for.
   *
   * @return its name
   */
  public String name() {
    return name;
  }

  /**
   * Whether there is any limit.
   *
   * @return false when it never ends and never has to be waited for
   */
  public boolean isLimited() {
    return bytesPerSecond != NO_LIMIT || bytesPerDay != NO_LIMIT;
  }

  /**
   * Takes bytes that are about to be written.
   *
   * @param bytes how many
   * @return false, with nothing taken, when the day has not so many left
   */
  public boolean tryTake(long bytes) {
    if (!isLimited()) {
      return true;
    }
    synchronized (this) {
      beginDayIfDue();
      // No sum that could wrap around (hazard H10).
      if (bytes > leftBytes()) {
        usedUp = true;
        refusals++;
        return false;
      }
      spend(bytes);
      return true;
    }
  }

  /**
   * Counts bytes that were written without asking, such as those of cleaning.
   *
   * @param bytes how many
   */
  public void charge(long bytes) {
    if (isLimited()) {
      synchronized (this) {
        beginDayIfDue();
        spend(bytes);
      }
    }
  }

  /**
   * Gives back bytes that were taken and not written.
   *
   * @param bytes how many
   */
  public void giveBack(long bytes) {
    if (isLimited()) {
      synchronized (this) {
        beginDayIfDue();
        // Bytes taken before midnight must not make today's use negative.
        usedBytes -= Math.min(usedBytes, bytes);
        usedUp = false;
        refill();
        roomBytes = Math.min(bytesPerSecond, roomBytes + bytes);
      }
    }
  }

  private void spend(long bytes) {
    usedBytes = bytes > NO_LIMIT - usedBytes ? NO_LIMIT : usedBytes + bytes;
    if (bytesPerSecond != NO_LIMIT) {
      refill();
      roomBytes -= bytes;
    }
  }

  private void refill() {
    long now = nanoClock.getAsLong();
    if (now - roomNanos > 0) {
      double gained = (now - roomNanos) / SECOND_NANOS * bytesPerSecond;
      roomBytes = Math.min(bytesPerSecond, roomBytes + gained);
      roomNanos = now;
    }
  }

  private long leftBytes() {
    return bytesPerDay == NO_LIMIT ? NO_LIMIT : Math.max(0, bytesPerDay - usedBytes);
  }

  private void beginDayIfDue() {
    long today = today();
    long now = nanoClock.getAsLong();
    if (today > day || now - dayStartNanos >= DAY_NANOS) {
      // The day that the wall clock has yet to reach is begun; it must not begin once more then.
      day = Math.max(today, day + 1);
      dayStartNanos = now;
      usedBytes = 0;
      usedUp = false;
    }
  }

  private long today() {
    return wallClock.instant().atOffset(ZoneOffset.UTC).toLocalDate().toEpochDay();
  }

  /**
   * How long the next write should wait so that the bytes per second are kept.
   *
   * @return nanoseconds, 0 when it may begin now
   */
  public long pauseNanos() {
    if (bytesPerSecond == NO_LIMIT) {
      return 0;
    }
    synchronized (this) {
      refill();
      return roomBytes >= 0 ? 0 : (long) Math.ceil(-roomBytes / bytesPerSecond * SECOND_NANOS);
    }
  }

  /**
   * Bytes that may still be written today.
   *
   * @return {@link #NO_LIMIT} without a limit per day
   */
  public long leftTodayBytes() {
    if (bytesPerDay == NO_LIMIT) {
      return NO_LIMIT;
    }
    synchronized (this) {
      beginDayIfDue();
      return leftBytes();
    }
  }

  /**
   * Whether a write was refused today and no byte came back since, or none is left.
   *
   * @return true when nothing should be written before tomorrow
   */
  public boolean isUsedUp() {
    if (bytesPerDay == NO_LIMIT) {
      return false;
    }
    synchronized (this) {
      beginDayIfDue();
      return usedUp || leftBytes() == 0;
    }
  }

  /**
   * What was used.
   *
   * @return an immutable snapshot, exact at one moment
   */
  public WriteBudgetStats stats() {
    synchronized (this) {
      beginDayIfDue();
      return new WriteBudgetStats(
          name, day, usedBytes, bytesPerDay, bytesPerSecond, isUsedUp(), refusals);
    }
  }

  /**
   * Goes on where an earlier run ended. A later day than today, left by a clock that was ahead,
   * counts as today, for 24 hours at most.
   *
   * @param epochDay day that was in force then, counted from 1970-01-01
   * @param bytes bytes used of it
   */
  public synchronized void restore(long epochDay, long bytes) {
    if (epochDay >= today()) {
      day = epochDay;
      usedBytes = Math.max(0, bytes);
    }
  }
}
