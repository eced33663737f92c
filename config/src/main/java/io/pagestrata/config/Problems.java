// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Everything found wrong with one configuration. A place with a problem is not blamed again by a
 * rule that relates it to another. Not thread-safe.
 */
final class Problems {
  private record Problem(Where where, String complaint) {}

  private final Function<Place, Where> locator;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<Place> faulty = new HashSet<>();

  Problems(Function<Place, Where> locator) {
    this.locator = locator;
  }

  void add(Place place, String complaint) {
    faulty.add(place);
    problems.add(new Problem(locator.apply(place), complaint));
  }

  /** Notes a problem that stands at no setting, such as an unknown key. */
  void add(Where where, String complaint) {
    problems.add(new Problem(where, complaint));
  }

  /** Notes that rules about a place make no sense, since a problem of its own was noted. */
  void spoil(Place place) {
    faulty.add(place);
  }

  /** Notes a problem that relates several places, at the first of them, if all were fine so far. */
  void addIfSound(String complaint, Place... places) {
    if (isSound(places)) {
      add(places[0], complaint);
    }
  }

  boolean isSound(Place... places) {
    return List.of(places).stream().noneMatch(faulty::contains);
  }

  /** Throws all of them, one line each, in the order of the source. */
  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(
          problems.stream()
              .sorted(Comparator.comparing(Problem::where))
              .map(it -> Words.printable(it.where().text() + ": " + it.complaint()))
              .toList());
    }
  }
}
