// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A network between clients and a server on the loopback that may keep what clients sent, lose
 * their connections, and bring it all much later. Thread-safe.
 */
public final class Relay implements AutoCloseable {
  private final int serverPort;
  private final ServerSocket listener;
  private final List<Way> ways = new ArrayList<>();

  /** One connection through the network. */
  private static final class Way {
    final Socket client;
    final Socket server;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean keeping;

    Way(Socket client, Socket server) throws IOException {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      this.client = client;
      this.server = server;
    }

    synchronized void keep() {
      keeping = true;
    }

    synchronized void pass(byte[] bytes, int count) throws IOException {
      OutputStream to = keeping ? kept : server.getOutputStream();
      to.write(bytes, 0, count);
    }

    synchronized void deliver() throws IOException {
      kept.writeTo(server.getOutputStream());
      kept.reset();
    }
  }

  private Relay(int serverPort, ServerSocket listener) {
    this.serverPort = serverPort;
    this.listener = listener;
  }

  public static Relay open(int serverPort) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Relay relay = new Relay(serverPort, listener);
    start(relay::accept);
    return relay;
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Keeps what clients send on the connections that are there. */
  public synchronized void keep() {
    ways.forEach(Way::keep);
  }

  /** Loses these connections on the side of the clients. */
  public synchronized void cut() throws IOException {
    for (Way way : ways) {
      way.client.close();
    }
  }

  /** Brings what was kept, as if it had been on its way all the time. */
  public synchronized void deliver() throws IOException {
    for (Way way : ways) {
      way.deliver();
    }
  }

  private static void start(Runnable run) {
    Thread thread = new Thread(run, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Way way = new Way(client, new Socket(InetAddress.getLoopbackAddress(), serverPort));
        synchronized (this) {
          ways.add(way);
        }
        start(() -> requests(way));
        start(() -> answers(way));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void requests(Way way) {
    byte[] bytes = new byte[1 << 16];
    try (InputStream from = way.client.getInputStream()) {
      for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
        way.pass(bytes, n);
      }
    } catch (IOException e) {
      // Cut or closed; the other side stays, for what is still to be delivered.
    }
  }

  private static void answers(Way way) {
    try {
      way.server.getInputStream().transferTo(way.client.getOutputStream());
    } catch (IOException e) {
      // Nobody waits for it any more.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    listener.close();
    for (Way way : ways) {
      way.client.close();
      way.server.close();
    }
  }
}
