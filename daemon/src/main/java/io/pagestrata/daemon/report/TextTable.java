// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Aligned columns of text. */
final class TextTable {
  private final List<List<String>> lines = new ArrayList<>();
  private final BitSet right = new BitSet();

  TextTable(List<String> headings) {
    lines.add(headings);
  }

  void alignRight(int column, boolean alignedRight) {
    right.set(column, alignedRight);
  }

  void row(List<String> cells) {
    lines.add(cells);
  }

  void print(PrintWriter out) {
    int[] widths = new int[lines.get(0).size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = line.get(i);
        text.append("  ").append(right.get(i) ? right(cell, widths[i]) : left(cell, widths[i]));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  static String left(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
