// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.terminal;

/**
 * How progress is painted.
 *
 * @param columns width of the terminal, 0 when the output is not one
 */
public record ProgressStyle(int columns) {
  private static final int USUAL_COLUMNS = 80;

  /** Lines for a file, a pipe or a dumb terminal. */
  public static final ProgressStyle PLAIN = new ProgressStyle(0);

  /**
   * Asks the launcher, which can tell whether standard error is a terminal; Java cannot.
   *
   * @return the style that suits
   */
  public static ProgressStyle detect() {
    String columns = System.getProperty("pagestrata.terminal.columns");
    if (columns == null) {
      return PLAIN;
    }
    try {
      int known = Integer.parseInt(columns);
      return new ProgressStyle(known > 0 ? known : USUAL_COLUMNS);
    } catch (NumberFormatException e) {
      return new ProgressStyle(USUAL_COLUMNS);
    }
  }

  boolean isTerminal() {
    return columns > 0;
  }
}
