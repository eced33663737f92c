// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Lets the event loops of a server look for the next request a while before they sleep, since to
 * wake a sleeping core takes longer than to serve a page from RAM.
 *
 * <p>A loop polls only if that would have paid in its last pause, so one whose requests come seldom
 * sleeps at once. It does not poll while workers need the cores, nor when so many loops are awake
 * that more than half of the cores would poll, nor for a while after another thread turned out to
 * need the very core: sleepers get a busy core back sooner than pollers. Thread-safe.
 */
final class BusyPolling {
  /** A few times what it takes to wake a core. */
  static final long POLL_NANOS = 100_000;

  /** A loop that was awake this short a time ago counts as awake. */
  static final long AWAKE_NANOS = 1_000_000;

  /** Far longer than a look takes that no other thread came between. */
  static final long INTERRUPTED_NANOS = 25_000;

  /** How long a loop then leaves the core alone; twice as long each time, up to the most. */
  static final long LEAST_CROWDED_NANOS = 10_000_000;

  /** As long as a crowd of builds or guests may take to go. */
  static final long MOST_CROWDED_NANOS = 10_000_000_000L;

  /** So many looks without another thread between them, and the loop forgets the crowd. */
  static final int CALM_LOOKS = 4096;

  private final LongSupplier nanoClock;
  private final int mostAwake;
  private final BooleanSupplier workersRest;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();

  /**
   * Makes what the loops of one server share.
   *
   * @param cores processors of the machine; with one there is no polling
   * @param workersRest whether no request is with the workers
   */
  BusyPolling(LongSupplier nanoClock, int cores, BooleanSupplier workersRest) {
    this.nanoClock = nanoClock;
    this.mostAwake = cores / 2;
    this.workersRest = workersRest;
  }

  /** Decides for one more loop. */
  SelectStrategy newLoop() {
    Loop loop = new Loop();
    loops.add(loop);
    return loop;
  }

  private boolean mayPoll(long now) {
    int awake = 0;
    for (Loop loop : loops) {
      if (now - loop.awakeNanos < AWAKE_NANOS && ++awake > mostAwake) {
        return false;
      }
    }
    return workersRest.getAsBoolean();
  }

  /** A pause begins when nothing is to be done and ends with an event or a task. */
  private final class Loop implements SelectStrategy {
    private volatile long awakeNanos = nanoClock.getAsLong() - AWAKE_NANOS;
    private long pauseStart;
    private long looked;
    private long crowdedUntil = awakeNanos;
    private long crowdedNanos = LEAST_CROWDED_NANOS;
    private int calmLooks;
    private boolean pausing;
    private boolean asleep;
    private boolean lastWasShort;
    private boolean polls;

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
      long now = nanoClock.getAsLong();
      awakeNanos = now;
      if (asleep) {
        asleep = false;
        pausing = false;
        lastWasShort = now - pauseStart < POLL_NANOS;
      }
      if (pausing && polls) {
        noticeCrowd(now);
      }
      if (hasTasks || lastWasShort) {
        int ready = selectNow.get();
        if (hasTasks || ready > 0) {
          pausing = false;
          return ready;
        }
      }
      if (!pausing) {
        pausing = true;
        pauseStart = now;
        polls = lastWasShort && now - crowdedUntil >= 0 && mayPoll(now);
      }
      if (polls && now - pauseStart < POLL_NANOS) {
        looked = now;
        Thread.yield();
        return CONTINUE;
      }
      asleep = true;
      return SELECT;
    }

    /** Learns from the time that one look and the yield after it took. */
    private void noticeCrowd(long now) {
      if (now - looked > INTERRUPTED_NANOS) {
        polls = false;
        calmLooks = 0;
        crowdedUntil = now + crowdedNanos;
        crowdedNanos = Math.min(2 * crowdedNanos, MOST_CROWDED_NANOS);
      } else if (++calmLooks == CALM_LOOKS) {
        crowdedNanos = LEAST_CROWDED_NANOS;
      }
    }
  }
}
