// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** The table of the settings that say what survives, as {@link Settings} is for the rest. */
public final class DurabilitySettings {
  /** What outlives the store. */
  public static final Setting<Durability> DURABILITY =
      Setting.withDefault(
          "durability",
          new ChoiceType<>(Durability.class),
          "volatile",
          StoreValues.class,
          StoreValues::durability,
          "Whether pages outlive the store: volatile deletes its files; durable keeps what was done"
              + " before a sync (NBD: FLUSH, FUA) through every crash, and needs a tier of type"
              + " file.");

  private DurabilitySettings() {}
}
