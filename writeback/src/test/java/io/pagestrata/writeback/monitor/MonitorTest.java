// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.DropStats;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.writeback.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MonitorTest {
  /** Keeps the lines that the logger was given. */
  private static final class Lines extends AbstractAppender {
    private final List<LogEvent> events = new ArrayList<>();

    Lines() {
      super("lines", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      events.add(event.toImmutable());
    }

    List<String> text() {
      return events.stream().map(event -> event.getMessage().getFormattedMessage()).toList();
    }
  }

  private static final String TIME = "2026-02-03T04:05:06.700Z";

  private final InstantSource wallClock = InstantSource.fixed(Instant.parse(TIME));
  private final ManualClock clock = new ManualClock();
  private final MovementCounters counters = new MovementCounters();
  private final AtomicLong stalls = new AtomicLong();
  private final List<MonitorEvent> heard = new ArrayList<>();
  private final Lines lines = new Lines();
  private Configuration configuration;

  @BeforeEach
  void listenToTheLogger() {
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    configuration = context.getConfiguration();
    lines.start();
    LoggerConfig logger = new LoggerConfig(Monitor.LOGGER_NAME, Level.INFO, false);
    logger.addAppender(lines, null, null);
    configuration.addLogger(Monitor.LOGGER_NAME, logger);
    context.updateLoggers();
  }

  @AfterEach
  void leaveTheLogger() {
    configuration.removeLogger(Monitor.LOGGER_NAME);
    ((LoggerContext) LogManager.getContext(false)).updateLoggers();
  }

  private Monitor monitor(DoubleSupplier keptShare, Supplier<DropStats> drops) {
    MonitorFeed feed =
        new MonitorFeed(
            this::stats,
            List::of,
            stalls::get,
            4096,
            List::of,
            List::of,
            () -> DeduplicationStats.ZERO,
            keptShare,
            drops,
            () -> SyncStats.ZERO,
            () -> 0,
            Optional::empty);
    return new Monitor(MonitorSettings.defaults(), feed, heard::add, clock, wallClock);
  }

  private Monitor monitor(boolean json, int eventsPerSecond) {
    return monitor(json, eventsPerSecond, heard::add);
  }

  private Monitor monitor(boolean json, int eventsPerSecond, MonitorListener listener) {
    return new Monitor(
        new MonitorSettings(Duration.ofSeconds(10), json, eventsPerSecond),
        new MonitorFeed(this::stats, List::of, stalls::get, 4096),
        listener,
        clock,
        wallClock);
  }

  private WritebackStats stats() {
    return MovementCounters.sum(List.of(counters), 0, RecompressionStats.ZERO);
  }

  private static MonitorEvent batch() {
    return new MonitorEvent(EventKind.BATCH).with(Field.PAGES, 1);
  }

  @Test
  void writesALinePerEventAtTheLevelOfItsKind() {
    Monitor monitor = monitor(false, 5);
    monitor.emit(batch());
    monitor.emit(new MonitorEvent(EventKind.TIER_FULL).with(Field.TIER, "file"));
    assertThat(lines.events).isEmpty();
    monitor.doWork();
    assertThat(lines.text())
        .containsExactly(TIME + " batch          pages=1", TIME + " tier-full      tier=file");
    assertThat(lines.events.get(1).getLevel()).isEqualTo(Level.WARN);
    assertThat(lines.events.get(1).getLoggerName()).isEqualTo("pagestrata.writeback");
  }

  @Test
  void writesJsonWhenTold() {
    Monitor monitor = monitor(true, 5);
    monitor.emit(batch());
    monitor.doWork();
    assertThat(lines.text())
        .containsExactly("{\"time\":\"" + TIME + "\",\"event\":\"batch\",\"pages\":1}");
  }

  @Test
  void timeHasMillisecondsAndIsThatOfTheEventNotOfItsLine() {
    AtomicLong millis = new AtomicLong(Instant.parse("2026-02-03T04:05:06Z").toEpochMilli());
    Monitor monitor =
        new Monitor(
            MonitorSettings.defaults(),
            new MonitorFeed(this::stats, List::of, stalls::get, 4096),
            heard::add,
            clock,
            () -> Instant.ofEpochMilli(millis.get()));
    monitor.emit(batch());
    counters.add(Movement.DEMOTED_PAGES, 1);
    clock.advanceMillis(10_000);
    millis.addAndGet(9_999);
    monitor.doWork();
    assertThat(lines.text().get(0)).startsWith("2026-02-03T04:05:06.000Z batch ");
    assertThat(lines.text().get(1)).startsWith("2026-02-03T04:05:15.999Z interval ");
    assertThat(heard.get(1).time()).isEqualTo(Instant.parse("2026-02-03T04:05:15.999Z"));
  }

  @Test
  void leavesOutWhatIsTooMuchAndSaysHowMuch() {
    Monitor monitor = monitor(false, 3);
    for (int i = 0; i < 10; i++) {
      monitor.emit(batch());
    }
    monitor.doWork();
    assertThat(lines.text()).hasSize(3);
    assertThat(heard).as("listeners hear all").hasSize(10);
    // Another kind has its own limit.
    monitor.emit(new MonitorEvent(EventKind.CLEANING));
    clock.advanceMillis(1000);
    monitor.emit(batch());
    monitor.doWork();
    assertThat(lines.text().get(3)).isEqualTo(TIME + " cleaning");
    assertThat(lines.text().get(4)).isEqualTo(TIME + " batch          pages=1        suppressed=7");
  }

  /** Listeners may keep events, and walk through their fields on threads of their own. */
  @Test
  void eventIsWholeWhenAListenerHearsIt() {
    List<Set<Field>> fields = new ArrayList<>();
    Monitor monitor =
        monitor(
            false,
            1,
            event -> {
              heard.add(event);
              fields.add(Set.copyOf(event.fields()));
            });
    monitor.emit(batch());
    monitor.emit(batch());
    monitor.doWork();
    clock.advanceMillis(1000);
    monitor.emit(batch());
    monitor.doWork();
    assertThat(lines.text()).hasSize(2).last().asString().contains("suppressed=1");
    for (int i = 0; i < 3; i++) {
      assertThat(fields.get(i)).isEqualTo(heard.get(i).fields());
    }
  }

  @Test
  void tierThatFillsUpAndRecoversInTurnIsOneLinePerInterval() {
    Monitor monitor = monitor(false, 5);
    for (int second = 0; second < 9; second++) {
      monitor.emit(new MonitorEvent(EventKind.TIER_FULL));
      monitor.doWork();
      clock.advanceMillis(1000);
    }
    assertThat(lines.text()).hasSize(1);
    assertThat(EventKind.BATCH_REFUSED.level()).isEqualTo(Level.INFO);
  }

  private static MonitorEvent about(String tier, EventKind kind) {
    return new MonitorEvent(kind).with(Field.TIER, tier);
  }

  // A disk that is dead is tried every five seconds. Forbidden: a line for each trial, for hours.
  @Test
  void troubleThatLastsIsToldMoreAndMoreSeldom() {
    Monitor monitor = monitor(false, 5);
    List<Integer> toldAtSecond = new ArrayList<>();
    for (int second = 0; second < 3600; second += 5) {
      int before = lines.events.size();
      monitor.emit(about("file", EventKind.TIER_ERROR));
      monitor.emit(about("file", EventKind.TIER_READ_ONLY));
      monitor.emit(about("ram", EventKind.BATCH_FAILED).with(Field.TO, "file"));
      monitor.doWork();
      if (lines.events.size() > before) {
        assertThat(lines.events).as("each kind once").hasSize(before + 3);
        toldAtSecond.add(second);
      }
      clock.advanceMillis(5000);
    }
    assertThat(toldAtSecond).containsExactly(0, 10, 30, 70, 150, 310, 630, 1230, 1830, 2430, 3030);
    assertThat(lines.text().get(3)).isEqualTo(TIME + " tier-error     tier=file      suppressed=1");
    assertThat(lines.text().get(6)).endsWith(" suppressed=3");
    assertThat(heard).as("listeners hear all").hasSize(3 * 720);

    monitor.emit(about("file", EventKind.TIER_RECOVERED));
    monitor.emit(about("file", EventKind.TIER_ERROR));
    monitor.doWork();
    int size = lines.text().size();
    assertThat(lines.text().get(size - 2)).contains("tier-recovered", "suppressed=339");
    assertThat(lines.text().get(size - 1)).as("a new one").endsWith(" tier=file");
  }

  @Test
  void troubleOfOneTierHidesNoOther() {
    Monitor monitor = monitor(false, 5);
    monitor.emit(about("file", EventKind.TIER_ERROR));
    monitor.emit(about("file", EventKind.TIER_ERROR));
    monitor.emit(about("remote", EventKind.TIER_ERROR));
    monitor.emit(about("file", EventKind.TIER_READ_ONLY));
    monitor.doWork();
    assertThat(lines.text()).hasSize(3);
  }

  // By default only warnings and worse are written, and that it recovered is neither.
  @Test
  void whatRecoveredUnseenIsToldAtOnceAgain() {
    configuration.getLoggerConfig(Monitor.LOGGER_NAME).setLevel(Level.WARN);
    ((LoggerContext) LogManager.getContext(false)).updateLoggers();
    Monitor monitor = monitor(false, 5);
    for (EventKind kind :
        List.of(EventKind.TIER_ERROR, EventKind.TIER_RECOVERED, EventKind.TIER_ERROR)) {
      monitor.emit(about("file", kind));
    }
    monitor.doWork();
    assertThat(lines.text()).hasSize(2);
  }

  @Test
  void tellsTotalsOnlyWhenSomethingChanged() {
    Monitor monitor = monitor(false, 5);
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(lines.text()).isEmpty();
    counters.add(Movement.WRITTEN_PAGES, 10);
    counters.add(Movement.WRITTEN_PAYLOAD_BYTES, 20_480);
    clock.advanceMillis(9_999);
    monitor.doWork();
    assertThat(lines.text()).isEmpty();
    clock.advanceMillis(1);
    monitor.doWork();
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(heard)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.kind()).isEqualTo(EventKind.INTERVAL);
              assertThat(event.number(Field.PAGES)).isEqualTo(10);
              assertThat(event.number(Field.RATIO)).isEqualTo(2.0);
              assertThat(event.number(Field.TOOK)).isEqualTo(10e9);
            });
  }

  @Test
  void totalsAreDifferences() {
    Monitor monitor = monitor(false, 5);
    for (int i = 1; i <= 2; i++) {
      counters.add(Movement.DEMOTED_PAGES, i);
      stalls.addAndGet(10L * i);
      clock.advanceMillis(10_000);
      monitor.doWork();
    }
    assertThat(heard.get(1).number(Field.DEMOTED)).isEqualTo(2);
    assertThat(heard.get(1).number(Field.STALLS)).isEqualTo(20);
  }

  @Test
  void closingTellsWhatIsLeft() {
    Monitor monitor = monitor(false, 5);
    counters.add(Movement.DEMOTED_PAGES, 1);
    monitor.emit(new MonitorEvent(EventKind.CLOSED).with(Field.CANCELLED, 0));
    monitor.onClose();
    assertThat(heard)
        .extracting(MonitorEvent::kind)
        .containsExactly(EventKind.CLOSED, EventKind.INTERVAL);
  }

  @Test
  void sameExceptionIsToldAtEveryDoubling() {
    Monitor monitor = monitor(false, 100);
    for (int i = 0; i < 9; i++) {
      monitor.error("write-ram", new IllegalStateException("again"));
    }
    monitor.error("write-ram", new IllegalArgumentException("other"));
    monitor.doWork();
    assertThat(heard.stream().filter(e -> e.kind() == EventKind.ERROR))
        .extracting(e -> e.number(Field.TIMES))
        .containsExactly(1.0, 2.0, 4.0, 8.0, 1.0);
  }

  @Test
  void aKeptShareThatChangedIsToldAtTheInterval() {
    AtomicReference<Double> share = new AtomicReference<>(0.1);
    Monitor monitor = monitor(share::get, () -> DropStats.NONE);
    share.set(0.9);
    monitor.doWork();
    assertThat(lines.events).isEmpty();
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(lines.text()).containsExactly(TIME + " eviction       kept-share=0.90");
  }

  @Test
  void dropsAreToldByReason() {
    AtomicReference<DropStats> drops = new AtomicReference<>(new DropStats(5, 0, 1, 0, 0));
    Monitor monitor = monitor(() -> 0, drops::get);
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(lines.text())
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("drops=space:5,refused-put:1 ");
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(lines.text()).as("nothing new").hasSize(1);
    drops.set(new DropStats(5, 2, 1, 3, 4));
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(lines.text()).hasSize(2);
    assertThat(lines.text().get(1)).contains("drops=tenant:2,pool:3,lost:4 ");
  }

  @Test
  void repeatedExceptionsMakeItFailedUntilAQuietInterval() {
    Monitor monitor = monitor(false, 100);
    for (int i = 1; i <= ErrorLog.FAILED_AFTER; i++) {
      assertThat(monitor.hasFailed()).isFalse();
      monitor.error("write-ram", new IllegalStateException("again"));
    }
    assertThat(monitor.hasFailed()).isTrue();
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(monitor.hasFailed()).isTrue();
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(monitor.hasFailed()).isFalse();
    assertThat(heard.stream().filter(e -> e.kind() == EventKind.FAILED)).hasSize(1);
  }

  @Test
  void brokenListenerDoesNotSilenceTheLog() {
    Monitor monitor =
        new Monitor(
            MonitorSettings.defaults(),
            new MonitorFeed(this::stats, List::of, stalls::get, 4096),
            event -> {
              throw new IllegalStateException("listener broke");
            },
            clock,
            wallClock);
    monitor.emit(batch());
    monitor.doWork();
    assertThat(lines.text().get(0)).isEqualTo(TIME + " batch          pages=1");
  }

  @Test
  void stoppedLogLosesLinesButNeverBlocks() {
    Monitor monitor = monitor(false, 5);
    for (int i = 0; i < 5000; i++) {
      monitor.emit(batch());
    }
    monitor.doWork();
    int kept = heard.size();
    assertThat(kept).isBetween(1, 4999);
    counters.add(Movement.DEMOTED_PAGES, 1);
    clock.advanceMillis(10_000);
    monitor.doWork();
    assertThat(heard.get(kept).number(Field.SUPPRESSED)).isEqualTo(5000.0 - kept);
  }
}
