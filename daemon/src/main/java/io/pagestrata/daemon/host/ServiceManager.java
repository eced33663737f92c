// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Tells a service manager how the daemon is, by the protocol of {@code sd_notify}: one datagram to
 * the unix socket that the variable {@code NOTIFY_SOCKET} names. Without the variable nothing is
 * told. Immutable and thread-safe.
 */
public final class ServiceManager {
  /** Name of the variable that names the socket. */
  public static final String VARIABLE = "NOTIFY_SOCKET";

  private final Optional<String> socket;

  /**
   * Makes one.
   *
   * @param socket value of {@link #VARIABLE}: a path, or {@code @} and an abstract name; empty when
   *     nobody wants to know
   */
  public ServiceManager(Optional<String> socket) {
    this.socket = socket;
  }

  /**
   * The service manager that started this process.
   *
   * @return one that is told, or one that is not
   */
  public static ServiceManager ofThisProcess() {
    return new ServiceManager(Optional.ofNullable(System.getenv(VARIABLE)));
  }

  /**
   * Says that the daemon serves.
   *
   * @param status one line for people
   * @throws IOException when the service manager cannot be told, and would wait in vain
   */
  public void ready(String status) throws IOException {
    tell("READY=1\nSTATUS=" + status);
  }

  /**
   * Says that the daemon is stopping.
   *
   * @throws IOException when the service manager cannot be told
   */
  public void stopping() throws IOException {
    tell("STOPPING=1");
  }

  private void tell(String message) throws IOException {
    if (socket.isEmpty()) {
      return;
    }
    LibC libC = LibC.ofThisSystem();
    if (libC == null) {
      throw new IOException("cannot tell " + VARIABLE + " " + socket.get() + " on this system");
    }
    byte[] data = message.getBytes(StandardCharsets.UTF_8);
    byte[] address = address(socket.get());
    try {
      int file = libC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
      try {
        libC.sendto(file, data, data.length, 0, address, address.length);
      } finally {
        libC.close(file);
      }
    } catch (LastErrorException e) {
      throw new IOException(
          "cannot tell " + VARIABLE + " " + socket.get() + ": " + e.getMessage(), e);
    }
  }

  /** The sockaddr_un of a name; one that begins with {@code @} is abstract and has no file. */
  static byte[] address(String name) {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    boolean isAbstract = name.startsWith("@");
    ByteBuffer address =
        ByteBuffer.allocate(Short.BYTES + path.length + (isAbstract ? 0 : 1))
            .order(ByteOrder.nativeOrder())
            .putShort((short) LibC.AF_UNIX)
            .put(path);
    if (isAbstract) {
      address.put(Short.BYTES, (byte) 0);
    }
    return address.array();
  }
}
