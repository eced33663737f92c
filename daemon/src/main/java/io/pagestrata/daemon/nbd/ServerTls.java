// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;

/** Reads certificates and keys. Stateless. */
final class ServerTls {
  private ServerTls() {}

  static SslContext open(NbdTls settings) throws IOException {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(
              settings.certificates().toFile(), settings.privateKey().toFile());
      settings
          .clientAuthorities()
          .ifPresent(file -> builder.trustManager(file.toFile()).clientAuth(ClientAuth.REQUIRE));
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new IOException("TLS: " + e.getMessage(), e);
    }
  }
}
