// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/**
 * A setting in a configuration, whatever its source.
 *
 * @param tier number in the list of tiers, or {@link #NO_TIER}
 * @param section section that holds it; empty for the list of tiers
 * @param setting the setting; empty for its section as a whole
 */
record Place(int tier, Optional<Section<?>> section, Optional<Setting<?>> setting) {
  static final int NO_TIER = -1;

  /** The list of tiers. */
  static final Place TIERS = new Place(NO_TIER, Optional.empty(), Optional.empty());

  static Place of(Section<?> section, Setting<?> setting) {
    return new Place(NO_TIER, Optional.of(section), Optional.of(setting));
  }

  static Place ofTier(int tier, Section<?> section, Setting<?> setting) {
    return new Place(tier, Optional.of(section), Optional.of(setting));
  }

  static Place ofTier(int tier, Section<?> section) {
    return new Place(tier, Optional.of(section), Optional.empty());
  }

  @Override
  public String toString() {
    String part =
        tier != NO_TIER ? "tiers[" + tier + "]" : section.map(Section::name).orElse("tiers");
    return setting.map(it -> part.isEmpty() ? it.name() : part + "." + it.name()).orElse(part);
  }
}
