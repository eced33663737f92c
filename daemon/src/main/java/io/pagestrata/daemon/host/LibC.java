// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/** Calls of the C library of Linux that Java has no words for. */
interface LibC extends Library {
  int PR_GET_IO_FLUSHER = 58;
  int MCL_CURRENT = 1;
  int MCL_FUTURE = 2;
  int AF_UNIX = 1;
  int SOCK_DGRAM = 2;
  int SOCK_CLOEXEC = 0x80000;
  int O_RDONLY = 0;
  int POSIX_FADV_DONTNEED = 4;
  int EPERM = 1;
  int ENOMEM = 12;
  int EINVAL = 22;

  int prctl(int option, long second, long third, long fourth, long fifth) throws LastErrorException;

  int mlockall(int flags) throws LastErrorException;

  int socket(int domain, int type, int protocol) throws LastErrorException;

  long sendto(int socket, byte[] data, long length, int flags, byte[] address, int addressLength)
      throws LastErrorException;

  int open(String path, int flags) throws LastErrorException;

  /** Returns what went wrong, and sets no error. */
  int posix_fadvise(int file, long offset, long length, int advice);

  int close(int file) throws LastErrorException;

  /** The calls of this system, or null where the numbers above are not known to be right. */
  static LibC ofThisSystem() {
    boolean known = Platform.isLinux() && !Platform.isMIPS() && Platform.is64Bit();
    return known ? Native.load(Platform.C_LIBRARY_NAME, LibC.class) : null;
  }
}
