// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.file.index.IndexMode;

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

  /** Whether starts are made fast. */
  public static final Setting<IndexMode> FILE_INDEX =
      Setting.withDefault(
          "index",
          new ChoiceType<>(IndexMode.class),
          "auto",
          FileTierConfig.class,
          FileTierConfig::index,
          "Whether a durable store keeps the places of its records beside the segments, in a Chronicle"
              + " Map, so that it need not read them when it opens: auto when the JVM has the flags for"
              + " it, on or not at all, off. It takes up to a 16th of max-size beside it, for usual"
              + " pages 2 % of what is stored.");

  private DurabilitySettings() {}
}
