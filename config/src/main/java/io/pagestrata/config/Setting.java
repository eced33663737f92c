// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One setting: name, kind of value, default and meaning. Immutable and thread-safe; all of them
 * stand in {@link Settings}.
 *
 * @param <T> Java type of its value
 */
public final class Setting<T> {
  private final String name;
  private final ValueType<T> type;
  private final boolean required;
  private final String standIn;
  private final Function<Object, T> reader;
  private final String meaning;

  private <R> Setting(
      String name,
      ValueType<T> type,
      boolean required,
      String standIn,
      Class<R> owner,
      Function<R, T> reader,
      String meaning) {
    this.name = name;
    this.type = type;
    this.required = required;
    this.standIn = standIn;
    this.reader = record -> reader.apply(owner.cast(record));
    this.meaning = meaning;
  }

  static <R, T> Setting<T> withDefault(
      String name,
      ValueType<T> type,
      String defaultText,
      Class<R> owner,
      Function<R, T> reader,
      String meaning) {
    return new Setting<>(name, type, false, defaultText, owner, reader, meaning);
  }

  static <R, T> Setting<T> required(
      String name,
      ValueType<T> type,
      String example,
      Class<R> owner,
      Function<R, T> reader,
      String meaning) {
    return new Setting<>(name, type, true, example, owner, reader, meaning);
  }

  /**
   * Name, as in YAML.
   *
   * @return lower case with hyphens
   */
  public String name() {
    return name;
  }

  /**
   * What it does.
   *
   * @return one or more sentences
   */
  public String meaning() {
    return meaning;
  }

  /**
   * Value that holds when nobody gives one.
   *
   * @return as text, or empty when the setting must be given
   */
  public Optional<String> defaultText() {
    return required ? Optional.empty() : Optional.of(standIn);
  }

  /**
   * Which values are allowed, for the settings table.
   *
   * @return a phrase
   */
  public String range() {
    return type.range();
  }

  /**
   * The setting as a property of a JSON Schema.
   *
   * @return a JSON object
   */
  public String schema() {
    String defaultKeyword = required ? "" : ", \"default\": " + type.json(standIn());
    return "{"
        + type.schemaKeywords()
        + defaultKeyword
        + ", \"description\": \""
        + meaning
        + " Allowed: "
        + range()
        + ".\"}";
  }

  /**
   * The value in a configuration, as text.
   *
   * @param record the part of a configuration that holds this setting
   * @return text that would be read as the same value
   * @throws ClassCastException when the record does not hold this setting
   */
  public String textIn(Record record) {
    return type.format(reader.apply(record));
  }

  /**
   * Whether the value is text of any kind, which YAML has in quotes where it looks like a number.
   *
   * @return false for numbers, sizes, words to choose from
   */
  public boolean isText() {
    return type.isText();
  }

  boolean isRequired() {
    return required;
  }

  String format(T value) {
    return type.format(value);
  }

  /** The default, or the example that stands in for a value that is missing. */
  T standIn() {
    return type.parse(standIn);
  }

  /** Completes what was found instead of a value with what was expected. */
  String complaintAbout(String found) {
    String example = type.needsExample() ? ", such as " + standIn : "";
    return found + "; expected " + type.expectation() + example;
  }

  /**
   * Reads and checks a text.
   *
   * @throws IllegalArgumentException whose message says what is wrong
   */
  T parse(String text) {
    T value;
    try {
      value = type.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(complaintAbout(quote(text) + " " + e.getMessage()), e);
    }
    complaint(value)
        .ifPresent(
            it -> {
              throw new IllegalArgumentException(it);
            });
    return value;
  }

  /**
   * Whether the value is a list.
   *
   * @return true when YAML gives it as one
   */
  public boolean isList() {
    return type.isList();
  }

  /**
   * Reads and checks the elements of a list.
   *
   * @throws IllegalArgumentException whose message says what is wrong
   */
  T parseElements(List<String> elements) {
    T value;
    try {
      value = type.parseElements(elements);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          complaintAbout(quote(String.join(", ", elements)) + " " + e.getMessage()), e);
    }
    complaint(value)
        .ifPresent(
            it -> {
              throw new IllegalArgumentException(it);
            });
    return value;
  }

  private String quote(String text) {
    return Words.quote(type.shown(text));
  }

  /** What is wrong with a value; empty when nothing is. */
  Optional<String> complaint(T value) {
    return type.complaint(value).map(it -> Words.quote(type.format(value)) + " " + it);
  }

  T valueIn(Record record) {
    return reader.apply(record);
  }

  /** What is wrong with the value in a record; empty when nothing is. */
  Optional<String> complaintIn(Record record) {
    return complaint(reader.apply(record));
  }

  @Override
  public String toString() {
    return name;
  }
}
