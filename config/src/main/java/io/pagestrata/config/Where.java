// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/**
 * Where in a source a value stands, in words, and its position for sorting. Immutable.
 *
 * @param text begins every message about the value, without a colon at the end
 * @param line counted from 1; 0 when the source has no lines
 * @param column counted from 1; 0 when the source has no lines
 */
public record Where(String text, int line, int column) implements Comparable<Where> {
  @Override
  public int compareTo(Where other) {
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }
}
