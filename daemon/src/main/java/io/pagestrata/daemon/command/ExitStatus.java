// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.serve.StartException;

/** Exit statuses of the program, as {@code --help} lists them. */
final class ExitStatus {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int ADDRESS = 3;
  static final int TIER = 4;
  static final int TLS = 5;
  static final int HOST = 6;

  // Those of fsck, as in fsck(8).
  static final int FINDINGS_HARMLESS = 1;
  static final int FINDINGS_LEFT = 4;
  static final int UNCHECKED = 8;
  static final int IN_USE = 9;

  static final int INTERRUPTED = 130;

  private ExitStatus() {}

  static int of(StartException.Fault fault) {
    return switch (fault) {
      case ADDRESS -> ADDRESS;
      case TIER -> TIER;
      case TLS -> TLS;
      case HOST -> HOST;
    };
  }
}
