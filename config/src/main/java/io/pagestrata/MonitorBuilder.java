// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.MonitorFormat;
import io.pagestrata.config.Settings;
import java.time.Duration;

/**
 * Options of the writeback monitor.
 *
 * <p>Each option may be set once; what is not set has the default of {@link Settings}. A value that
 * is not allowed is reported by {@link PagestrataBuilder#build}. Not thread-safe.
 */
public final class MonitorBuilder {
  private final SectionBuilder section;

  MonitorBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Sets the time between two lines of totals.
   *
   * @param interval such as {@code 10s}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public MonitorBuilder interval(String interval) {
    section.setText(Settings.MONITOR_INTERVAL, interval);
    return this;
  }

  /**
   * Sets the time between two lines of totals.
   *
   * @param interval 100 milliseconds or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public MonitorBuilder interval(Duration interval) {
    section.set(Settings.MONITOR_INTERVAL, interval);
    return this;
  }

  /**
   * Sets how log lines look.
   *
   * @param format for people or for programs
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public MonitorBuilder format(MonitorFormat format) {
    section.set(Settings.MONITOR_FORMAT, format);
    return this;
  }

  /**
   * Sets how log lines look.
   *
   * @param format as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public MonitorBuilder format(String format) {
    section.setText(Settings.MONITOR_FORMAT, format);
    return this;
  }

  /**
   * Limits the lines of one kind of event; the rest is counted.
   *
   * @param lines most lines in a second
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public MonitorBuilder eventsPerSecond(int lines) {
    section.set(Settings.MONITOR_EVENTS_PER_SECOND, lines);
    return this;
  }
}
