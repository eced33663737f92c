// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.List;

/** A configuration with problems; the message lists all of them, one a line. */
public final class InvalidConfigurationException extends PageStoreException {
  private static final long serialVersionUID = 1L;

  /** The problems, never empty; transient since only the message needs to travel. */
  private final transient List<String> problems;

  /**
   * Makes the exception.
   *
   * @param problems one sentence each: the thing, its value, what was expected, and where
   */
  public InvalidConfigurationException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems), null);
    this.problems = List.copyOf(problems);
  }

  /**
   * The problems one by one.
   *
   * @return an immutable list
   */
  public List<String> problems() {
    return problems;
  }
}
