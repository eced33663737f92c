// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.config.ListenAddress;
import io.pagestrata.config.ServerConfig;
import io.pagestrata.config.TlsMode;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who can reach a server, judged by its addresses. Stateless. */
final class Exposure {
  private Exposure() {}

  /** One line for each address that other machines reach without having to encrypt. */
  static List<String> warnings(ServerConfig server) throws StartException {
    List<String> warnings = new ArrayList<>();
    for (ListenAddress address : server.listen()) {
      if (address instanceof ListenAddress.Tcp tcp
          && !resolve(tcp).isLoopbackAddress()
          && server.tls().mode() != TlsMode.REQUIRED) {
        warnings.add(
            tcp.text()
                + " can be reached from other machines, and server.tls.mode is not required: who"
                + " reaches it can read and write every page unseen");
      }
    }
    return warnings;
  }

  /** The loopback address for one that stands for all of this machine, which no client can name. */
  static Optional<ListenAddress> loopbackOfAll(ListenAddress address) {
    if (!(address instanceof ListenAddress.Tcp tcp)) {
      return Optional.empty();
    }
    InetAddress host = new InetSocketAddress(tcp.host(), tcp.port()).getAddress();
    if (host == null || !host.isAnyLocalAddress()) {
      return Optional.empty();
    }
    String loopback = host instanceof Inet4Address ? "127.0.0.1" : "::1";
    return Optional.of(new ListenAddress.Tcp(loopback, tcp.port()));
  }

  static InetAddress resolve(ListenAddress.Tcp address) throws StartException {
    try {
      return InetAddress.getByName(address.host());
    } catch (UnknownHostException e) {
      throw new StartException(
          StartException.Fault.ADDRESS, "cannot listen on " + address.text() + ": no such host", e);
    }
  }
}
