// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.remote.RemoteUri;
import java.util.Optional;

/**
 * Where a Redis or Valkey server listens; a text with a password is refused without repeating it.
 */
final class RemoteUriType extends ValueType<RemoteUri> {
  /** Stands for a user and a password, which no message shall repeat. */
  private static final String MASK = "***@";

  @Override
  RemoteUri parse(String text) {
    int at = text.lastIndexOf('@');
    // Not refused here, where what is refused is quoted.
    return at < 0
        ? RemoteUri.parse(text)
        : new RemoteUri(MASK + text.substring(at + 1), RemoteUri.USUAL_PORT, false);
  }

  @Override
  String format(RemoteUri uri) {
    return uri.toString();
  }

  @Override
  Optional<String> complaint(RemoteUri uri) {
    if (uri.host().startsWith(MASK)) {
      return Optional.of(
          "names a user; expected "
              + expectation()
              + ", with username and password-file beside it");
    }
    return uri.port() >= 1 && uri.port() <= 65535
        ? Optional.empty()
        : Optional.of("has no such port; expected " + expectation());
  }

  @Override
  String expectation() {
    return RemoteUri.FORM;
  }

  @Override
  String range() {
    return RemoteUri.FORM + "; port 6379 may be left out";
  }

  @Override
  String schemaKeywords() {
    return "\"type\": \"string\", \"pattern\": \"^(redis|valkey)s{0,2}://[^@/]+$\"";
  }
}
