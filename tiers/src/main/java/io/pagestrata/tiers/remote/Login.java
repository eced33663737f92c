// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * User and password, read anew for each connection, so that the password may be changed while the
 * tier is in use. What is no regular file, such as a pipe, can be read once only and is kept.
 * Thread-safe.
 */
final class Login {
  private final RemoteSettings.Access access;
  private char[] kept;

  Login(RemoteSettings.Access access) {
    this.access = access;
  }

  /** Makes connections log in, also those that the client makes later by itself. */
  void addTo(RedisURI.Builder uri) throws RemoteFailure {
    if (access.username().isPresent() || access.passwordFile().isPresent()) {
      password(); // so that a file that cannot be read is told as such
      uri.withAuthentication(RedisCredentialsProvider.from(this::credentials));
    }
  }

  private RedisCredentials credentials() {
    try {
      return RedisCredentials.just(access.username().orElse(null), password());
    } catch (RemoteFailure e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized char[] password() throws RemoteFailure {
    if (access.passwordFile().isEmpty()) {
      return new char[0];
    }
    if (kept != null) {
      return kept;
    }
    Path file = access.passwordFile().get();
    try {
      char[] password = Files.readString(file).lines().findFirst().orElse("").toCharArray();
      if (!Files.isRegularFile(file)) {
        kept = password;
      }
      return password;
    } catch (IOException e) {
      String why = e instanceof NoSuchFileException ? "it is not there" : e.toString();
      throw new RemoteFailure(
          RemoteFailure.Kind.CONFIG, "the password file " + file + " cannot be read: " + why, e);
    }
  }
}
