// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Words in messages: lists of choices, and the word somebody probably meant. */
final class Words {
  private static final int MOST_QUOTED = 60;
  private static final int MOST_LENGTH_DIFFERENCE = 10;

  /** Line and paragraph separators too: some terminals break lines there. */
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}\\x{2028}\\x{2029}]");

  private Words() {}

  /** Joins choices as a sentence does: {@code a, b or c}. */
  static String either(List<String> choices) {
    int last = choices.size() - 1;
    return last < 1
        ? String.join("", choices)
        : String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
  }

  /** A value as messages show it: on one line, whatever it holds, and not too long. */
  static String quote(String text) {
    return "value '"
        + printable(text.length() > MOST_QUOTED ? text.substring(0, MOST_QUOTED) + "..." : text)
        + "'";
  }

  /** The text with every control character replaced. */
  static String printable(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }

  /**
   * Turns a setting's name into the name of a builder method: {@code max-size}, {@code maxSize}.
   */
  static String camelCase(String name) {
    StringBuilder result = new StringBuilder(name);
    for (int i = result.indexOf("-"); i >= 0; i = result.indexOf("-")) {
      result.deleteCharAt(i).setCharAt(i, Character.toUpperCase(result.charAt(i)));
    }
    return result.toString();
  }

  /**
   * The candidate with the smallest edit distance, when at most a third of the word must change.
   * Case, hyphens and underscores do not count.
   */
  static Optional<String> nearest(String word, Collection<String> candidates) {
    String plain = plain(word);
    return candidates.stream()
        .filter(it -> distance(plain, plain(it)) <= Math.max(1, plain.length() / 3))
        .min(Comparator.comparingInt(it -> distance(plain, plain(it))));
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /**
   * Edit distance in which exchanging two neighbours is one step (optimal string alignment); words
   * of very different length are simply far apart.
   */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > MOST_LENGTH_DIFFERENCE) {
      return Integer.MAX_VALUE;
    }
    int[][] steps = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        steps[i][j] = i == 0 || j == 0 ? i + j : fewest(steps, a, i, b, j);
      }
    }
    return steps[a.length()][b.length()];
  }

  private static int fewest(int[][] steps, String a, int i, String b, int j) {
    int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int fewest =
        Math.min(steps[i - 1][j - 1] + change, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
    boolean exchanged =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return exchanged ? Math.min(fewest, steps[i - 2][j - 2] + 1) : fewest;
  }
}
