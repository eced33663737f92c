// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.Optional;

/**
 * A kind of value: how it is read from text, which values are allowed, how it is described.
 * Immutable and thread-safe.
 *
 * @param <T> Java type of a value
 */
abstract class ValueType<T> {
  /**
   * Reads a value without looking at its range.
   *
   * @param text one scalar
   * @return the value
   * @throws IllegalArgumentException whose message completes "value 'x' ..."
   */
  abstract T parse(String text);

  /** Whether the value is a list, which YAML gives element by element. */
  boolean isList() {
    return false;
  }

  /** Whether any text may be one, also such as looks like a number. */
  boolean isText() {
    return false;
  }

  /**
   * Reads a list from the texts of its elements.
   *
   * @throws IllegalArgumentException whose message completes "value 'x' ..."
   */
  T parseElements(List<String> elements) {
    throw new IllegalArgumentException("is a list");
  }

  /** Writes a value so that {@link #parse} reads it back. */
  abstract String format(T value);

  /** Completes "value 'x' ..." when the value is not allowed; empty when it is. */
  abstract Optional<String> complaint(T value);

  /** Completes "expected ...", without an example. */
  abstract String expectation();

  /** Whether an example says more than the expectation alone. */
  boolean needsExample() {
    return false;
  }

  /** What messages may repeat of a text that was not accepted. */
  String shown(String text) {
    return text;
  }

  /** What the settings table says about allowed values. */
  abstract String range();

  /** The JSON Schema keywords that describe the value, without braces. */
  abstract String schemaKeywords();

  /** The value as JSON, for the schema's default. */
  String json(T value) {
    return '"' + format(value) + '"';
  }
}
