// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

/** Tells whether somebody may have meant another word than the one that was typed. Stateless. */
final class CloseWords {
  private static final int MOST_CHANGES = 2;

  private CloseWords() {}

  /** Whether two changed letters at most lie between a word, without its value, and a known one. */
  static boolean areClose(String typed, String known) {
    int value = typed.indexOf('=');
    String word = value < 0 ? typed : typed.substring(0, value);
    return word.startsWith("-") == known.startsWith("-") && changes(word, known) <= MOST_CHANGES;
  }

  /** Letters to put in, take out or replace; one row of the usual table at a time. */
  private static int changes(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
