// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.remote.RemoteUri;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a Redis or Valkey server listens; what may be a password is never repeated. */
final class RemoteUriType extends ValueType<RemoteUri> {
  private static final String MASK = "***";
  private static final String SERVER =
      "([a-z]*://)?([A-Za-z0-9.-]*|\\[[0-9a-fA-F:.]+])(:[0-9]{1,5})?/?";

  /** One server or several, without anything that could be a secret. */
  private static final Pattern HARMLESS =
      Pattern.compile("\\[?" + SERVER + "(, " + SERVER + ")*]?");

  @Override
  RemoteUri parse(String text) {
    return RemoteUri.parse(text);
  }

  /** Of the whole list, since a password may hold what separates its elements. */
  @Override
  String shown(String text) {
    int at = text.lastIndexOf('@');
    String rest = text.substring(at + 1);
    String shown = HARMLESS.matcher(rest).matches() ? rest : MASK;
    return at < 0 ? shown : MASK + "@" + shown;
  }

  @Override
  String format(RemoteUri uri) {
    return uri.toString();
  }

  @Override
  Optional<String> complaint(RemoteUri uri) {
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
