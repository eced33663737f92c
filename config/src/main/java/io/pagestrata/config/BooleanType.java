// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/** The words true and false; YAML's yes, no, on and off are not read as such. */
final class BooleanType extends ValueType<Boolean> {
  @Override
  Boolean parse(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("is neither true nor false");
    }
    return Boolean.valueOf(text);
  }

  @Override
  String format(Boolean value) {
    return value.toString();
  }

  @Override
  Optional<String> complaint(Boolean value) {
    return Optional.empty();
  }

  @Override
  String expectation() {
    return "true or false";
  }

  @Override
  String range() {
    return expectation();
  }

  @Override
  String schemaKeywords() {
    return "\"type\": \"boolean\"";
  }

  @Override
  String json(Boolean value) {
    return format(value);
  }
}
