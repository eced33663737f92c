// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A list of values; as one text it is written {@code [a, b]}.
 *
 * @param <T> Java type of an element
 */
final class ListType<T> extends ValueType<List<T>> {
  private final String noun;
  private final ValueType<T> type;
  private final int leastElements;

  /**
   * Describes the list.
   *
   * @param noun plural of what it holds
   * @param type kind of one element
   * @param leastElements fewest elements
   */
  ListType(String noun, ValueType<T> type, int leastElements) {
    this.noun = noun;
    this.type = type;
    this.leastElements = leastElements;
  }

  @Override
  boolean isList() {
    return true;
  }

  @Override
  boolean isText() {
    return type.isText();
  }

  @Override
  List<T> parse(String text) {
    if (!text.startsWith("[") || !text.endsWith("]")) {
      throw new IllegalArgumentException("is not a list");
    }
    String elements = text.substring(1, text.length() - 1);
    return elements.isEmpty() ? List.of() : parseElements(List.of(elements.split(", ")));
  }

  @Override
  List<T> parseElements(List<String> elements) {
    return elements.stream().map(it -> parseElement(it, elements.size())).toList();
  }

  private T parseElement(String element, int all) {
    try {
      return type.parse(element);
    } catch (IllegalArgumentException e) {
      if (all == 1) {
        throw e;
      }
      throw new IllegalArgumentException(
          "holds '" + type.shown(element) + "', which " + e.getMessage(), e);
    }
  }

  @Override
  String format(List<T> list) {
    return list.stream().map(type::format).collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  Optional<String> complaint(List<T> list) {
    return list.size() < leastElements
        ? Optional.of("is too short; expected " + expectation())
        : list.stream().map(this::elementComplaint).flatMap(Optional::stream).findFirst();
  }

  private Optional<String> elementComplaint(T element) {
    return type.complaint(element).map(it -> "holds '" + type.format(element) + "', which " + it);
  }

  @Override
  String shown(String text) {
    return type.shown(text);
  }

  @Override
  String expectation() {
    return "a list of " + noun + ", each " + type.expectation();
  }

  @Override
  boolean needsExample() {
    return leastElements > 0;
  }

  @Override
  String range() {
    return "a list of " + noun + ", each " + type.range();
  }

  @Override
  String schemaKeywords() {
    return "\"type\": \"array\", \"minItems\": "
        + leastElements
        + ", \"items\": {"
        + type.schemaKeywords()
        + "}";
  }

  @Override
  String json(List<T> list) {
    return list.stream().map(type::json).collect(Collectors.joining(", ", "[", "]"));
  }
}
