// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.core.InvalidConfigurationException;
import java.util.Map;

/** Tells problems of a configuration to somebody who only knows the options of the demo. */
final class OptionWords {
  /** By place: as the builder names it, and as the check of the machine does. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "ram.maxSize", "--ram",
          "tiers[0].max-size", "--ram",
          "ram.codec", "--codec",
          "remote.servers", "--remote",
          "tiers[1].servers", "--remote",
          "file.maxSize", "--disk",
          "file.directory", "--disk-dir",
          "tiers[1].directory", "--disk-dir",
          "tiers[2].directory", "--disk-dir",
          "pageSize", "--page-size");

  private OptionWords() {}

  static InvalidConfigurationException of(InvalidConfigurationException error) {
    InvalidConfigurationException told =
        new InvalidConfigurationException(
            error.problems().stream().map(OptionWords::translate).toList());
    told.addSuppressed(error);
    return told;
  }

  private static String translate(String problem) {
    int colon = problem.indexOf(": ");
    String option = colon < 0 ? null : OPTIONS.get(problem.substring(0, colon));
    return option == null
        ? problem
        : option + problem.substring(colon + 1).replaceFirst("^ value '", " '");
  }
}
