// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.function.Function;

/**
 * Where the settings of a configuration stand in its source, for problems that show only when the
 * store opens. Where a value stood is no part of what it is, so all origins are equal. Immutable.
 */
public final class Origin {
  /** Of a configuration that was made by its constructor. */
  static final Origin UNKNOWN = new Origin(Place::toString);

  private final Function<Place, String> locator;

  Origin(Function<Place, String> locator) {
    this.locator = locator;
  }

  /** What begins every message about the place. */
  String of(Place place) {
    return locator.apply(place);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Origin;
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "where it stands";
  }
}
