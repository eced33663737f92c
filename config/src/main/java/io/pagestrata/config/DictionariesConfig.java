// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;

/**
 * How dictionaries are trained. Immutable; checked as part of a {@link PagestrataConfig}. What each
 * value means stands in {@link DictionarySettings}.
 *
 * @param enabled whether any are trained
 * @param bytes most bytes of one
 * @param minGain least share by which it must shrink payloads
 * @param checkInterval time between looks at a pool
 */
public record DictionariesConfig(
    boolean enabled, long bytes, double minGain, Duration checkInterval) {
  /** What holds when nothing is set. */
  public static final DictionariesConfig DEFAULT =
      new DictionariesConfig(true, 32 << 10, 0.03, Duration.ofMinutes(10));

  static DictionariesConfig from(SectionDraft draft) {
    return new DictionariesConfig(
        draft.get(DictionarySettings.ENABLED),
        draft.get(DictionarySettings.SIZE),
        draft.get(DictionarySettings.MIN_GAIN),
        draft.get(DictionarySettings.CHECK_INTERVAL));
  }
}
