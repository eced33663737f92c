// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;

/** The settings at the top of a configuration, before they are joined by tiers and the rest. */
record StoreValues(int pageBytes, Duration putWait, Duration closeWait, Durability durability) {
  static StoreValues from(SectionDraft draft) {
    return new StoreValues(
        Math.toIntExact(draft.get(Settings.PAGE_SIZE)),
        draft.get(Settings.PUT_WAIT),
        draft.get(Settings.CLOSE_WAIT),
        draft.get(DurabilitySettings.DURABILITY));
  }
}
