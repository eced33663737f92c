// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.Signal;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Writes the monitor log, logger {@code pagestrata.writeback}: one line per event, at most a few of
 * each kind per second and fewer about a trouble that lasts, and one of totals per interval.
 *
 * <p>Events come through a bounded queue from any thread and are written by the monitor's own: a
 * log that blocks (a stopped terminal, a full disk) may lose lines, which are counted, but never
 * holds up writeback.
 */
public final class Monitor implements Agent {
  /** Name of the logger. */
  public static final String LOGGER_NAME = "pagestrata.writeback";

  private static final Logger LOGGER = LogManager.getLogger(LOGGER_NAME);
  private static final int QUEUE_EVENTS = 1024;
  private static final int MOST_TENANT_LINES = 1000;
  private static final long ONE_SECOND_NANOS = 1_000_000_000L;
  private static final long MOST_IDLE_NANOS = 100_000_000L;

  private final MonitorSettings settings;
  private final MonitorListener listener;
  private final LongSupplier nanoClock;
  private final InstantSource wallClock;
  private final Signal signal = new Signal();
  private final BlockingQueue<MonitorEvent> queue = new ArrayBlockingQueue<>(QUEUE_EVENTS);
  private final AtomicLong lostEvents = new AtomicLong();
  private final ErrorLog errors = new ErrorLog();
  private final Map<EventKind, RateLimit> limits = new EnumMap<>(EventKind.class);
  private final TroubleLimit troubles = new TroubleLimit();
  private final IntervalLine intervalLine;
  private final AccessLine accessLine;
  private final TenantLines tenantLines;
  private final SharingLine sharingLine;
  private final SyncLine syncLine;
  private final EvictionLine evictionLine;
  private long intervalStartNanos;
  private volatile MonitorEvent last;

  /**
   * Makes a monitor; whoever steps it writes the log.
   *
   * @param settings interval, form and limits
   * @param feed where totals come from
   * @param listener hears every event as well
   * @param nanoClock the clock of intervals and limits
   * @param wallClock the clock that lines name
   */
  public Monitor(
      MonitorSettings settings,
      MonitorFeed feed,
      MonitorListener listener,
      LongSupplier nanoClock,
      InstantSource wallClock) {
    this.settings = settings;
    this.listener = listener;
    this.nanoClock = nanoClock;
    this.wallClock = wallClock;
    intervalStartNanos = nanoClock.getAsLong();
    intervalLine = new IntervalLine(feed, intervalStartNanos);
    accessLine = new AccessLine(feed.store());
    tenantLines = new TenantLines(feed.tenants());
    sharingLine = new SharingLine(feed.deduplication());
    syncLine = new SyncLine(feed.syncs(), feed.longestSyncNanos());
    evictionLine = new EvictionLine(feed.keptShare());
    for (EventKind kind : EventKind.values()) {
      limits.put(kind, limitOf(kind));
    }
  }

  private RateLimit limitOf(EventKind kind) {
    return switch (kind) {
      // A tier that fills up and recovers in turn would say so as often as the limit lets it.
      case TIER_FULL -> new RateLimit(1, intervalNanos(), intervalStartNanos);
      case TENANT -> new RateLimit(MOST_TENANT_LINES, ONE_SECOND_NANOS, intervalStartNanos);
      default -> new RateLimit(settings.eventsPerSecond(), ONE_SECOND_NANOS, intervalStartNanos);
    };
  }

  /**
   * Takes an event; never blocks. Thread-safe.
   *
   * @param event what happened, not changed any more by the caller
   */
  public void emit(MonitorEvent event) {
    event.setTime(wallClock.instant());
    if (!queue.offer(event)) {
      lostEvents.incrementAndGet();
    }
    signal.ring();
  }

  /**
   * Takes an exception that nobody expected: told when first met and at every doubling.
   * Thread-safe.
   *
   * @param role who met it
   * @param exception what was thrown
   */
  public void error(String role, Throwable exception) {
    long times = errors.count(role, exception);
    if (times > 0) {
      emit(
          new MonitorEvent(EventKind.ERROR)
              .with(Field.ROLE, role)
              .with(Field.TIMES, times)
              .with(exception));
    }
    if (errors.makesFailed(role)) {
      emit(
          new MonitorEvent(EventKind.FAILED)
              .with(Field.ROLE, role)
              .with(Field.TIMES, ErrorLog.FAILED_AFTER)
              .with(exception));
    }
  }

  /**
   * Whether one thread met 10 unexpected exceptions in one interval and no interval without any has
   * passed since.
   *
   * @return true when people should look
   */
  public boolean hasFailed() {
    return errors.hasFailed();
  }

  /**
   * Time between two lines of totals; what others add up is told as often.
   *
   * @return nanoseconds
   */
  public long intervalNanos() {
    return settings.interval().toNanos();
  }

  @Override
  public String roleName() {
    return "monitor";
  }

  @Override
  public int doWork() {
    int done = 0;
    for (MonitorEvent event = queue.poll(); event != null; event = queue.poll()) {
      tell(event);
      done++;
    }
    long now = nanoClock.getAsLong();
    if (now - intervalStartNanos >= intervalNanos()) {
      tellInterval(now);
      errors.newInterval();
      done++;
    }
    return done;
  }

  private void tellInterval(long now) {
    intervalStartNanos = now;
    MonitorEvent totals = intervalLine.next(now);
    if (totals != null) {
      long lost = lostEvents.getAndSet(0);
      if (lost > 0) {
        totals.with(Field.SUPPRESSED, lost);
      }
      tellNow(totals);
    }
    syncLine.next().ifPresent(this::tellNow);
    accessLine.next().ifPresent(this::tellNow);
    tenantLines.next().forEach(this::tellNow);
    Stream.of(sharingLine.next(), evictionLine.next())
        .flatMap(Optional::stream)
        .forEach(this::tellNow);
  }

  private void tellNow(MonitorEvent event) {
    event.setTime(wallClock.instant());
    tell(event);
  }

  private void tell(MonitorEvent event) {
    RateLimit limit = limits.get(event.kind());
    long now = nanoClock.getAsLong();
    boolean logged =
        troubles.pass(event, now) && LOGGER.isEnabled(event.kind().level()) && limit.pass(now);
    long suppressed = logged ? limit.takeSuppressed() + troubles.takeSuppressed(event) : 0;
    if (suppressed > 0) {
      event.with(Field.SUPPRESSED, suppressed);
    }
    // Only now: a listener may keep the event for a thread of its own.
    try {
      listener.onEvent(event);
    } catch (RuntimeException e) {
      error("monitor-listener", e);
    }
    if (logged) {
      LOGGER.log(event.kind().level(), new EventMessage(event, settings.json()));
    }
  }

  /**
   * Sets the line that is the last of all.
   *
   * @param event is told when the duty ends, behind what is left to tell
   */
  public void endWith(MonitorEvent event) {
    last = event;
  }

  @Override
  public void onClose() {
    doWork();
    tellInterval(nanoClock.getAsLong());
    MonitorEvent end = last;
    if (end != null) {
      tellNow(end);
    }
  }

  @Override
  public long idleNanos() {
    long left = intervalStartNanos + intervalNanos() - nanoClock.getAsLong();
    return Math.max(1, Math.min(left, MOST_IDLE_NANOS));
  }

  @Override
  public Signal signal() {
    return signal;
  }
}
