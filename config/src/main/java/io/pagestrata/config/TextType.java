// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** Text of a given form. */
final class TextType extends ValueType<String> {
  private final String noun;
  private final Pattern pattern;
  private final String expectation;

  /**
   * Describes the text.
   *
   * @param noun completes "is not ..."
   * @param pattern what the whole text matches
   * @param expectation completes "expected ..."
   */
  TextType(String noun, String pattern, String expectation) {
    this.noun = noun;
    this.pattern = Pattern.compile(pattern);
    this.expectation = expectation;
  }

  @Override
  String parse(String text) {
    return text;
  }

  @Override
  boolean isText() {
    return true;
  }

  @Override
  String format(String text) {
    return text;
  }

  @Override
  Optional<String> complaint(String text) {
    return pattern.matcher(text).matches()
        ? Optional.empty()
        : Optional.of("is not " + noun + "; expected " + expectation);
  }

  @Override
  String expectation() {
    return expectation;
  }

  @Override
  String range() {
    return expectation;
  }

  @Override
  String schemaKeywords() {
    String json = pattern.pattern().replace("\\", "\\\\");
    return "\"type\": \"string\", \"pattern\": \"^(" + json + ")$\"";
  }
}
