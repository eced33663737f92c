// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.DictionarySettings;
import java.time.Duration;

/**
 * Dictionaries for zstd.
 *
 * <p>Each option may be set once; what is not set has the default of {@link DictionarySettings}.
 * Not thread-safe.
 */
public final class DictionariesBuilder {
  private final SectionBuilder section;

  DictionariesBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Says whether dictionaries are trained.
   *
   * @param enabled whether they are
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public DictionariesBuilder enabled(boolean enabled) {
    section.set(DictionarySettings.ENABLED, enabled);
    return this;
  }

  /**
   * Sets the most bytes of one dictionary.
   *
   * @param size such as {@code 32KiB}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public DictionariesBuilder size(String size) {
    section.setText(DictionarySettings.SIZE, size);
    return this;
  }

  /**
   * Sets the most bytes of one dictionary.
   *
   * @param bytes 4096 to 65536
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public DictionariesBuilder size(long bytes) {
    section.set(DictionarySettings.SIZE, bytes);
    return this;
  }

  /**
   * Sets how much a dictionary must gain to be used.
   *
   * @param share share of the payload that it saves, 0 to 1
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public DictionariesBuilder minGain(double share) {
    section.set(DictionarySettings.MIN_GAIN, share);
    return this;
  }

  /**
   * Sets the time after which a pool is sampled again.
   *
   * @param interval such as {@code 10min}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public DictionariesBuilder checkInterval(String interval) {
    section.setText(DictionarySettings.CHECK_INTERVAL, interval);
    return this;
  }

  /**
   * Sets the time after which a pool is sampled again.
   *
   * @param interval 1 s or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public DictionariesBuilder checkInterval(Duration interval) {
    section.set(DictionarySettings.CHECK_INTERVAL, interval);
    return this;
  }
}
