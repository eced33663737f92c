// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/**
 * A value, or one word that says there is none, such as {@code auto} or {@code off}.
 *
 * @param <T> Java type of the value when there is one
 */
final class OptionalType<T> extends ValueType<Optional<T>> {
  private final String word;
  private final ValueType<T> type;

  OptionalType(String word, ValueType<T> type) {
    this.word = word;
    this.type = type;
  }

  @Override
  boolean isText() {
    return type.isText();
  }

  @Override
  Optional<T> parse(String text) {
    return text.equals(word) ? Optional.empty() : Optional.of(type.parse(text));
  }

  @Override
  String format(Optional<T> value) {
    return value.map(type::format).orElse(word);
  }

  @Override
  Optional<String> complaint(Optional<T> value) {
    return value.flatMap(type::complaint);
  }

  @Override
  String expectation() {
    return word + " or " + type.expectation();
  }

  @Override
  String range() {
    return word + " or " + type.range();
  }

  @Override
  String schemaKeywords() {
    return "\"anyOf\": [{\"const\": \"" + word + "\"}, {" + type.schemaKeywords() + "}]";
  }

  @Override
  String json(Optional<T> value) {
    return value.map(type::json).orElse('"' + word + '"');
  }
}
