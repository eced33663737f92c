// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

/** What is wrong with a request before any byte is touched. Stateless. */
final class RequestCheck {
  private RequestCheck() {}

  /** The error number, or OK. */
  static int check(Request request, NbdExport export, boolean structured, boolean hasContext) {
    int type = request.type();
    boolean change =
        switch (type) {
          case NbdProtocol.CMD_WRITE, NbdProtocol.CMD_TRIM, NbdProtocol.CMD_WRITE_ZEROES -> true;
          default -> false;
        };
    if (type > NbdProtocol.CMD_BLOCK_STATUS
        || type == NbdProtocol.CMD_DISC
        || (request.flags() & ~allowedFlags(type, structured)) != 0) {
      return NbdProtocol.EINVAL;
    }
    if (type == NbdProtocol.CMD_FLUSH) {
      return NbdProtocol.OK;
    }
    if (change && export.readOnly()) {
      return NbdProtocol.EPERM;
    }
    if (request.offset() < 0 || request.length() > export.sizeBytes() - request.offset()) {
      boolean grows = type == NbdProtocol.CMD_WRITE || type == NbdProtocol.CMD_WRITE_ZEROES;
      return grows ? NbdProtocol.ENOSPC : NbdProtocol.EINVAL;
    }
    boolean payload = type == NbdProtocol.CMD_READ || type == NbdProtocol.CMD_WRITE;
    if (payload && request.length() > NbdProtocol.MOST_PAYLOAD_BYTES) {
      return NbdProtocol.EINVAL;
    }
    if (type == NbdProtocol.CMD_BLOCK_STATUS && (!hasContext || request.length() == 0)) {
      return NbdProtocol.EINVAL;
    }
    if (request.has(NbdProtocol.CMD_FLAG_FAST_ZERO) && !coversPage(request, export)) {
      return NbdProtocol.ENOTSUP;
    }
    return NbdProtocol.OK;
  }

  /**
   * Whether zeroing is faster than writing: whole pages become holes or same-filled, at the ends at
   * most two pages are read and changed, as a write of the same range would do. A range without a
   * whole page is nothing but such ends.
   */
  private static boolean coversPage(Request request, NbdExport export) {
    long pageBytes = export.store().pageBytes();
    long firstWhole = (request.offset() + pageBytes - 1) / pageBytes;
    return request.length() == 0 || (request.offset() + request.length()) / pageBytes > firstWhole;
  }

  private static int allowedFlags(int type, boolean structured) {
    int flags =
        switch (type) {
          case NbdProtocol.CMD_READ -> structured ? NbdProtocol.CMD_FLAG_DF : 0;
          case NbdProtocol.CMD_WRITE_ZEROES ->
              NbdProtocol.CMD_FLAG_NO_HOLE | NbdProtocol.CMD_FLAG_FAST_ZERO;
          case NbdProtocol.CMD_BLOCK_STATUS -> NbdProtocol.CMD_FLAG_REQ_ONE;
          default -> 0;
        };
    return flags | NbdProtocol.CMD_FLAG_FUA;
  }
}
