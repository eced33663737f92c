// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

/** Exit statuses of the program, as {@code --help} lists them. */
final class ExitStatus {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int INTERRUPTED = 130;

  private ExitStatus() {}
}
