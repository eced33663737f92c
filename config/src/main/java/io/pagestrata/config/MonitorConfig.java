// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The log of the writeback monitor. Immutable; checked as part of a {@link PagestrataConfig}.
 *
 * @param interval time between two summary lines, or empty for none
 * @param format how lines look
 */
public record MonitorConfig(Optional<Duration> interval, MonitorFormat format) {
  static MonitorConfig from(SectionDraft draft) {
    return new MonitorConfig(
        draft.get(Settings.MONITOR_INTERVAL), draft.get(Settings.MONITOR_FORMAT));
  }
}
