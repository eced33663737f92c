// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/** An address to listen on. */
final class ListenType extends ValueType<ListenAddress> {
  @Override
  ListenAddress parse(String text) {
    return ListenAddress.parse(text);
  }

  @Override
  String format(ListenAddress address) {
    return address.text();
  }

  @Override
  Optional<String> complaint(ListenAddress address) {
    try {
      return ListenAddress.parse(address.text()).equals(address)
          ? Optional.empty()
          : Optional.of("is not an address to listen on; expected " + expectation());
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage() + "; expected " + expectation());
    }
  }

  @Override
  String expectation() {
    return "HOST:PORT, [IPV6]:PORT or unix:PATH";
  }

  @Override
  String range() {
    return expectation() + "; port 0 takes a free one";
  }

  @Override
  String schemaKeywords() {
    return "\"type\": \"string\", \"pattern\": \"^(unix:.+|.+:[0-9]{1,5})$\"";
  }
}
