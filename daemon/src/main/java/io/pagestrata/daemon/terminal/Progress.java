// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.terminal;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Shows how far a phase of work is: on a terminal one line that is painted over, elsewhere whole
 * lines now and then.
 *
 * <p>{@link #advance} may be called by any thread and costs one counter; the other methods are
 * synchronized. Nothing is painted more often than the style allows, whoever calls.
 */
public final class Progress {
  private static final long TERMINAL_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PLAIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int BAR_CELLS = 20;
  private static final int NAME_COLUMNS = 20;
  private static final double MIB = 1 << 20;

  private final PrintWriter out;
  private final ProgressStyle style;
  private final LongSupplier nanoClock;
  private final LongAdder done = new LongAdder();
  private String phase;
  private long total;
  private long unitBytes;
  private Supplier<String> detail = () -> "";
  private long startNanos;
  private long paintedNanos;

  /**
   * Makes a progress display that shows nothing yet.
   *
   * @param out where to paint
   * @param style how to paint
   * @param nanoClock monotonic time
   */
  public Progress(PrintWriter out, ProgressStyle style, LongSupplier nanoClock) {
    this.out = out;
    this.style = style;
    this.nanoClock = nanoClock;
  }

  /**
   * Says something between phases.
   *
   * @param line one line
   */
  public synchronized void note(String line) {
    out.println(line);
    out.flush();
  }

  /**
   * Starts a phase.
   *
   * @param name a word or two
   * @param totalUnits what {@link #advance} will add up to
   * @param bytesOfUnit bytes worked on by one unit, 0 when a rate says nothing
   * @param state what else to show, asked whenever a line is painted
   */
  public synchronized void begin(
      String name, long totalUnits, long bytesOfUnit, Supplier<String> state) {
    phase = name;
    total = totalUnits;
    unitBytes = bytesOfUnit;
    detail = state;
    done.reset();
    startNanos = nanoClock.getAsLong();
    paintedNanos = startNanos;
    if (style.isTerminal()) {
      paint();
    }
  }

  /**
   * Counts work done.
   *
   * @param units how much
   */
  public void advance(long units) {
    done.add(units);
  }

  /** Paints when the last painting is long enough ago. */
  public synchronized void tick() {
    if (phase == null) {
      return;
    }
    long now = nanoClock.getAsLong();
    long interval = style.isTerminal() ? TERMINAL_INTERVAL_NANOS : PLAIN_INTERVAL_NANOS;
    if (now - paintedNanos >= interval) {
      paintedNanos = now;
      paint();
    }
  }

  /** Ends the phase and leaves its last state on a line of its own. */
  public synchronized void end() {
    if (phase == null) {
      return;
    }
    paint();
    if (style.isTerminal()) {
      out.println();
    }
    out.flush();
    phase = null;
  }

  private void paint() {
    long units = done.sum();
    double share = total == 0 ? 1 : Math.min(1, (double) units / total);
    double seconds = Math.max(1, nanoClock.getAsLong() - startNanos) / 1e9;
    StringBuilder line = new StringBuilder();
    line.append(phase).append(" ".repeat(Math.max(0, NAME_COLUMNS - phase.length())));
    if (style.isTerminal()) {
      int full = (int) (share * BAR_CELLS);
      line.append('[').append("#".repeat(full)).append(".".repeat(BAR_CELLS - full)).append("] ");
    }
    line.append(String.format(Locale.ROOT, "%3d %%", (int) (share * 100)));
    if (unitBytes > 0) {
      line.append(String.format(Locale.ROOT, "  %7.1f MiB/s", units * unitBytes / MIB / seconds));
    }
    line.append("  ").append(detail.get());
    if (style.isTerminal()) {
      out.print('\r' + fitted(line));
    } else {
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  /** A line that reached the right edge would wrap, and the next one would not cover it. */
  private String fitted(StringBuilder line) {
    int width = style.columns() - 1;
    if (line.length() > width) {
      return line.substring(0, width);
    }
    return line.append(" ".repeat(width - line.length())).toString();
  }
}
