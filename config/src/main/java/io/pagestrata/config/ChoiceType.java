// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One constant of an enum, written in lower case with hyphens.
 *
 * @param <E> the enum
 */
final class ChoiceType<E extends Enum<E>> extends ValueType<E> {
  private final List<E> choices;

  ChoiceType(Class<E> choices) {
    this.choices = List.of(choices.getEnumConstants());
  }

  @Override
  E parse(String text) {
    return choices.stream()
        .filter(choice -> format(choice).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("is not a choice here"));
  }

  @Override
  String format(E choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  Optional<String> complaint(E choice) {
    return Optional.empty();
  }

  @Override
  String expectation() {
    return Words.either(choices.stream().map(this::format).toList());
  }

  @Override
  String range() {
    return expectation();
  }

  @Override
  String schemaKeywords() {
    return choices.stream().map(this::json).collect(Collectors.joining(", ", "\"enum\": [", "]"));
  }
}
