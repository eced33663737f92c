// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.ListenAddress;
import io.pagestrata.config.ServerConfig;
import io.pagestrata.config.TlsConfig;
import io.pagestrata.config.TlsMode;
import io.pagestrata.daemon.nbd.NbdAddress;
import io.pagestrata.daemon.nbd.NbdExport;
import io.pagestrata.daemon.nbd.NbdLimits;
import io.pagestrata.daemon.nbd.NbdSettings;
import io.pagestrata.daemon.nbd.NbdTls;
import java.util.Optional;

/** Turns what the configuration says into what the server takes. Stateless. */
final class ServerParts {
  private ServerParts() {}

  static NbdSettings settings(ServerConfig config) {
    return new NbdSettings(
        config.listen().stream().map(ServerParts::address).toList(),
        tls(config.tls()),
        new NbdLimits(
            config.maxConnections(),
            config.maxInFlightBytesPerConnection(),
            config.maxInFlightBytes(),
            config.threads().orElse(NbdLimits.USUAL_THREADS),
            config.handshakeTimeout(),
            config.stallTimeout(),
            config.stopTimeout()),
        config.busyPoll());
  }

  static NbdExport.Limits limits(ExportConfig config) {
    NbdExport.Limits none = NbdExport.Limits.NONE;
    return new NbdExport.Limits(
        config.maxConnections().orElse(none.connections()),
        config.maxInFlightBytes().orElse(none.inFlightBytes()));
  }

  private static NbdAddress address(ListenAddress address) {
    if (address instanceof ListenAddress.Unix unix) {
      return new NbdAddress.Unix(unix.path());
    }
    ListenAddress.Tcp tcp = (ListenAddress.Tcp) address;
    return new NbdAddress.Tcp(tcp.host(), tcp.port());
  }

  private static Optional<NbdTls> tls(TlsConfig config) {
    if (config.mode() == TlsMode.OFF) {
      return Optional.empty();
    }
    return Optional.of(
        new NbdTls(
            config.mode() == TlsMode.REQUIRED ? NbdTls.Mode.REQUIRED : NbdTls.Mode.OPTIONAL,
            config.certificate().orElseThrow(),
            config.key().orElseThrow(),
            config.clientCa()));
  }
}
