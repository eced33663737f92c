// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;

/**
 * The log of the writeback monitor. Immutable; checked as part of a {@link PagestrataConfig}.
 *
 * @param interval time between two lines of totals
 * @param format how lines look
 * @param eventsPerSecond most lines of one kind of event in a second
 */
public record MonitorConfig(Duration interval, MonitorFormat format, int eventsPerSecond) {
  static MonitorConfig from(SectionDraft draft) {
    return new MonitorConfig(
        draft.get(Settings.MONITOR_INTERVAL),
        draft.get(Settings.MONITOR_FORMAT),
        draft.get(Settings.MONITOR_EVENTS_PER_SECOND));
  }
}
