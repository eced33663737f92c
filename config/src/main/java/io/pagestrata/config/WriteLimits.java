// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/**
 * Bounds of what is written to disk. Immutable. What each value means stands in {@link
 * BudgetSettings}.
 *
 * @param bytesPerSecond most bytes in a second, or empty for no limit
 * @param bytesPerDay most bytes in a day of UTC, or empty for no limit
 */
public record WriteLimits(Optional<Long> bytesPerSecond, Optional<Long> bytesPerDay) {
  /** No limit. */
  public static final WriteLimits NONE = new WriteLimits(Optional.empty(), Optional.empty());
}
