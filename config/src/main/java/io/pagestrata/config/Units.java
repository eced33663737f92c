// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes and durations as people write them, such as {@code 256MiB} and {@code 10s}.
 *
 * <p>Sizes are whole numbers with one of the units B, KiB, MiB, GiB, TiB, each 1024 times the one
 * before. There is no K, M or G: half the world reads them as powers of ten. Durations are whole
 * numbers with one of ms, s, min, h, d. One space may stand between number and unit; units are
 * spelled exactly so. Stateless and thread-safe.
 */
public final class Units {
  static final String SIZE_PATTERN = "[0-9]+ ?(B|KiB|MiB|GiB|TiB)";
  static final String DURATION_PATTERN = "[0-9]+ ?(ms|s|min|h|d)";

  private static final String[] SIZE_UNITS = {"TiB", "GiB", "MiB", "KiB", "B"};
  private static final long[] UNIT_BYTES = {1L << 40, 1L << 30, 1L << 20, 1L << 10, 1};
  private static final String[] DURATION_UNITS = {"d", "h", "min", "s", "ms"};
  private static final long[] UNIT_MILLIS = {86_400_000, 3_600_000, 60_000, 1000, 1};
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]+) ?([A-Za-z]+)");

  private Units() {}

  /**
   * Reads a size.
   *
   * @param text such as {@code 64KiB}
   * @return bytes, 0 or more
   * @throws IllegalArgumentException when it is not a size or does not fit into a long
   */
  public static long parseBytes(String text) {
    return parse(text, SIZE_UNITS, UNIT_BYTES, "is not a size");
  }

  /**
   * Writes a size with the largest unit that leaves a whole number.
   *
   * @param bytes 0 or more
   * @return such as {@code 64KiB}, which {@link #parseBytes} reads back
   */
  public static String formatBytes(long bytes) {
    return format(bytes, SIZE_UNITS, UNIT_BYTES);
  }

  /**
   * Reads a duration.
   *
   * @param text such as {@code 10s}
   * @return a duration of whole milliseconds, zero or more
   * @throws IllegalArgumentException when it is not a duration or does not fit
   */
  public static Duration parseDuration(String text) {
    return Duration.ofMillis(parse(text, DURATION_UNITS, UNIT_MILLIS, "is not a duration"));
  }

  /**
   * Writes a duration with the largest unit that leaves a whole number.
   *
   * @param duration zero or more; a part below one millisecond is cut off
   * @return such as {@code 10s}, which {@link #parseDuration} reads back
   */
  public static String formatDuration(Duration duration) {
    return format(duration.toMillis(), DURATION_UNITS, UNIT_MILLIS);
  }

  private static long parse(String text, String[] units, long[] factors, String complaint) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    if (matcher.matches()) {
      for (int i = 0; i < units.length; i++) {
        if (units[i].equals(matcher.group(2))) {
          try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), factors[i]);
          } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("is too large", e);
          }
        }
      }
    }
    throw new IllegalArgumentException(complaint);
  }

  private static String format(long value, String[] units, long[] factors) {
    int i = 0;
    while (i < units.length - 1 && (value == 0 || value % factors[i] != 0)) {
      i++;
    }
    return value / factors[i] + units[i];
  }
}
