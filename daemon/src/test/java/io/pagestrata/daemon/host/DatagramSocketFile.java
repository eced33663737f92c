// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.nio.charset.StandardCharsets;

/** The receiving end of a unix datagram socket, which Java has not: plays the service manager. */
public final class DatagramSocketFile implements AutoCloseable {
  private static final int MOST_BYTES = 4096;

  /** The calls that only a receiver needs. */
  interface Receiving extends Library {
    Receiving LIB_C = Native.load(Platform.C_LIBRARY_NAME, Receiving.class);

    int socket(int domain, int type, int protocol) throws LastErrorException;

    int bind(int socket, byte[] address, int length) throws LastErrorException;

    long recv(int socket, byte[] data, long length, int flags) throws LastErrorException;

    int close(int file) throws LastErrorException;
  }

  private final int file;

  /**
   * Opens one.
   *
   * @param name path, or @ and an abstract name
   */
  public DatagramSocketFile(String name) {
    file = Receiving.LIB_C.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM, 0);
    byte[] address = ServiceManager.address(name);
    Receiving.LIB_C.bind(file, address, address.length);
  }

  /**
   * Waits for the next datagram.
   *
   * @return its text
   */
  public String receive() {
    byte[] data = new byte[MOST_BYTES];
    int length = (int) Receiving.LIB_C.recv(file, data, data.length, 0);
    return new String(data, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    Receiving.LIB_C.close(file);
  }
}
