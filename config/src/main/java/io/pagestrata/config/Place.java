// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/**
 * A setting in a configuration, whatever its source.
 *
 * @param number number in the list of tiers or of exports, or {@link #IN_NO_LIST}
 * @param section section that holds it; empty for the list of tiers
 * @param setting the setting; empty for its section as a whole
 */
record Place(int number, Optional<Section<?>> section, Optional<Setting<?>> setting) {
  static final int IN_NO_LIST = -1;

  /** The list of tiers. */
  static final Place TIERS = new Place(IN_NO_LIST, Optional.empty(), Optional.empty());

  /** The list of exports. */
  static final Place EXPORTS =
      new Place(IN_NO_LIST, Optional.of(DaemonSettings.EXPORT), Optional.empty());

  /** The list of tenants. */
  static final Place TENANTS =
      new Place(IN_NO_LIST, Optional.of(TenantSettings.TENANT), Optional.empty());

  static Place of(Section<?> section, Setting<?> setting) {
    return new Place(IN_NO_LIST, Optional.of(section), Optional.of(setting));
  }

  static Place ofTier(int number, Section<?> section, Setting<?> setting) {
    return new Place(number, Optional.of(section), Optional.of(setting));
  }

  static Place ofTier(int number, Section<?> section) {
    return new Place(number, Optional.of(section), Optional.empty());
  }

  static Place ofExport(int number, Setting<?> setting) {
    return new Place(number, Optional.of(DaemonSettings.EXPORT), Optional.of(setting));
  }

  @Override
  public String toString() {
    boolean inOwnList = section.equals(EXPORTS.section()) || section.equals(TENANTS.section());
    String list = inOwnList ? section.orElseThrow().name() : "tiers";
    String part =
        number != IN_NO_LIST ? list + "[" + number + "]" : section.map(Section::name).orElse(list);
    return setting.map(it -> part.isEmpty() ? it.name() : part + "." + it.name()).orElse(part);
  }
}
