// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.core.InvalidConfigurationException;
import java.util.Map;

/** Tells problems of a configuration to somebody who only knows the options of a command. */
public final class OptionWords {
  /** By place: as the builder names it, and as the check of the machine does. */
  private static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry("ram.maxSize", "--ram"),
          Map.entry("tiers[0].max-size", "--ram"),
          Map.entry("ram.codec", "--codec"),
          Map.entry("ram.zpool", "--zpool"),
          Map.entry("ram.eviction", "--eviction"),
          Map.entry("remote.servers", "--remote"),
          Map.entry("tiers[1].servers", "--remote"),
          Map.entry("tiers[2].servers", "--remote"),
          Map.entry("tiers[0].zpool", "--zpool"),
          Map.entry("tiers[1].zpool", "--zpool"),
          Map.entry("file.maxSize", "--disk"),
          Map.entry("file.directory", "--disk-dir"),
          Map.entry("tiers[1].directory", "--disk-dir"),
          Map.entry("tiers[2].directory", "--disk-dir"),
          Map.entry("ram.recompress", "--dense"),
          Map.entry("pageSize", "--page-size"));

  private OptionWords() {}

  /**
   * Says the same in the words of the command line.
   *
   * @param error names places of a configuration
   * @return names options
   */
  public static InvalidConfigurationException of(InvalidConfigurationException error) {
    InvalidConfigurationException told =
        new InvalidConfigurationException(
            error.problems().stream().map(OptionWords::translate).distinct().toList());
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
