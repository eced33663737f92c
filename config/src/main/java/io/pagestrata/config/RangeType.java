// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.Optional;

/**
 * A value between two others, both allowed.
 *
 * @param <T> Java type of a value
 */
abstract class RangeType<T extends Comparable<T>> extends ValueType<T> {
  final T least;
  final T most;

  RangeType(T least, T most) {
    this.least = least;
    this.most = most;
  }

  @Override
  Optional<String> complaint(T value) {
    return value.compareTo(least) < 0 || value.compareTo(most) > 0
        ? Optional.of("is out of range; expected " + range())
        : Optional.empty();
  }

  @Override
  String range() {
    return format(least) + " to " + format(most);
  }

  /** Bytes with a unit. */
  static class Size extends RangeType<Long> {
    Size(long leastBytes, long mostBytes) {
      super(leastBytes, mostBytes);
    }

    @Override
    Long parse(String text) {
      return Units.parseBytes(text);
    }

    @Override
    String format(Long bytes) {
      return Units.formatBytes(bytes);
    }

    @Override
    String expectation() {
      return "a number with unit B, KiB, MiB, GiB or TiB";
    }

    @Override
    boolean needsExample() {
      return true;
    }

    @Override
    String schemaKeywords() {
      return "\"type\": \"string\", \"pattern\": \"^" + Units.SIZE_PATTERN + "$\"";
    }
  }

  /** Bytes with a unit that are a power of two. */
  static final class PowerOfTwoSize extends Size {
    PowerOfTwoSize(long leastBytes, long mostBytes) {
      super(leastBytes, mostBytes);
    }

    @Override
    Optional<String> complaint(Long bytes) {
      return super.complaint(bytes)
          .or(
              () ->
                  Long.bitCount(bytes) == 1
                      ? Optional.empty()
                      : Optional.of("is not a power of two; expected " + range()));
    }

    @Override
    String range() {
      return "a power of two from " + super.range();
    }
  }

  /** Time with a unit. */
  static final class Time extends RangeType<Duration> {
    Time(Duration least, Duration most) {
      super(least, most);
    }

    @Override
    Duration parse(String text) {
      return Units.parseDuration(text);
    }

    @Override
    String format(Duration duration) {
      return Units.formatDuration(duration);
    }

    @Override
    String expectation() {
      return "a number with unit ms, s, min, h or d";
    }

    @Override
    boolean needsExample() {
      return true;
    }

    @Override
    String schemaKeywords() {
      return "\"type\": \"string\", \"pattern\": \"^" + Units.DURATION_PATTERN + "$\"";
    }
  }

  /** A whole number. */
  static class Count extends RangeType<Integer> {
    Count(int least, int most) {
      super(least, most);
    }

    @Override
    Integer parse(String text) {
      // Others read 010 as eight, and 1_0 as ten.
      if (!text.matches("-?(0|[1-9][0-9]*)")) {
        throw new IllegalArgumentException("is not a whole number");
      }
      try {
        return Integer.valueOf(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("is not a whole number", e);
      }
    }

    @Override
    String format(Integer count) {
      return count.toString();
    }

    @Override
    String expectation() {
      return range();
    }

    @Override
    String schemaKeywords() {
      return "\"type\": \"integer\", \"minimum\": " + least + ", \"maximum\": " + most;
    }

    @Override
    String json(Integer count) {
      return format(count);
    }
  }

  /** A whole number that is a power of two. */
  static final class PowerOfTwoCount extends Count {
    PowerOfTwoCount(int least, int most) {
      super(least, most);
    }

    @Override
    Optional<String> complaint(Integer count) {
      return super.complaint(count)
          .or(
              () ->
                  Integer.bitCount(count) == 1
                      ? Optional.empty()
                      : Optional.of("is not a power of two; expected " + range()));
    }

    @Override
    String range() {
      return "a power of two from " + super.range();
    }
  }

  /** A number with a decimal point. */
  static final class Decimal extends RangeType<Double> {
    Decimal(double least, double most) {
      super(least, most);
    }

    @Override
    Double parse(String text) {
      // Double.valueOf would also read hexadecimal digits, type suffixes, NaN and Infinity.
      if (!text.matches("[0-9]+(\\.[0-9]+)?")) {
        throw new IllegalArgumentException("is not a decimal number");
      }
      return Double.valueOf(text);
    }

    @Override
    String format(Double number) {
      return number.toString();
    }

    @Override
    String expectation() {
      return range();
    }

    @Override
    String schemaKeywords() {
      return "\"type\": \"number\", \"minimum\": " + least + ", \"maximum\": " + most;
    }

    @Override
    String json(Double number) {
      return format(number);
    }
  }
}
