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
