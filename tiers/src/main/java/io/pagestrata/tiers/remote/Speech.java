// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Finds out whether a server that cannot be talked to would understand the other of TLS and plain
 * text: neither side of such a connection says more than nothing. Stateless; bounded.
 */
final class Speech {
  private static final int MOST_WAIT_MILLIS = 500;

  private Speech() {}

  /** What a connection failed of, in better words where the reason is TLS. */
  static RemoteFailure explain(RemoteUri server, RemoteFailure failure) {
    boolean known = failure.kind == RemoteFailure.Kind.CONFIG;
    if (known || !(server.tls() ? speaksPlainly(server) : speaksTls(server))) {
      return failure;
    }
    return new RemoteFailure(
        RemoteFailure.Kind.CONFIG,
        server.host()
            + ":"
            + server.port()
            + (server.tls()
                ? " does not speak TLS there; write redis:// instead of rediss://"
                : " speaks TLS there; write rediss:// instead of redis://"),
        failure);
  }

  private static boolean speaksPlainly(RemoteUri server) {
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      int first = socket.getInputStream().read();
      return first == '+' || first == '-';
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean speaksTls(RemoteUri server) {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try (Socket socket = connect(server);
        SSLSocket secured =
            (SSLSocket) factory.createSocket(socket, server.host(), server.port(), true)) {
      secured.startHandshake();
      return true;
    } catch (SSLHandshakeException e) {
      // Whoever is not believed, or complains in turn, has spoken; whoever hangs up has not.
      return !(e.getCause() instanceof EOFException);
    } catch (IOException e) {
      return false;
    }
  }

  private static Socket connect(RemoteUri server) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(server.host(), server.port()), MOST_WAIT_MILLIS);
      socket.setSoTimeout(MOST_WAIT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
