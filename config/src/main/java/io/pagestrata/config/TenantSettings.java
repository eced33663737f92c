// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.Optional;

/** The table of the settings of tenants, as {@link Settings} is for those of a store. */
public final class TenantSettings {
  private static final long MIB = 1L << 20;
  private static final long TIB = 1L << 40;
  private static final int MOST_WEIGHT = 1000;

  static final ValueType<String> NAME_TYPE =
      new TextType(
          "a name of a tenant",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
          "a letter or digit, then up to 127 letters, digits, dots, underscores or hyphens");

  /** Name of a tenant. */
  public static final Setting<String> NAME =
      Setting.required(
          "name",
          NAME_TYPE,
          "default",
          TenantConfig.class,
          TenantConfig::name,
          "Name by which pools and exports say whose they are; default owns those that name nobody.");

  /** Weight of a tenant. */
  public static final Setting<Integer> WEIGHT =
      Setting.withDefault(
          "weight",
          new RangeType.Count(1, MOST_WEIGHT),
          "1",
          TenantConfig.class,
          TenantConfig::weight,
          "Share of RAM when that is short, against the weights of the other tenants with pages"
              + " there; who has less than its share is spared while others have more.");

  /** Limit in RAM. */
  public static final Setting<Optional<Long>> RAM_MAX_SIZE =
      Setting.withDefault(
          "ram-max-size",
          new OptionalType<>("off", new RangeType.Size(MIB, TIB)),
          "off",
          TenantConfig.class,
          TenantConfig::ramMaxBytes,
          "Most bytes of its zpages in RAM; near it its own coldest pages go down, at it puts wait"
              + " and are then refused.");

  /** Limit in all tiers. */
  public static final Setting<Optional<Long>> MAX_SIZE =
      Setting.withDefault(
          "max-size",
          new OptionalType<>("off", new RangeType.Size(MIB, 1024 * TIB)),
          "off",
          TenantConfig.class,
          TenantConfig::maxBytes,
          "Most bytes of its zpages in all tiers, backing copies included; at it puts wait until"
              + " something of it goes, and are then refused.");

  /** Tiers of a tenant. */
  public static final Setting<TenantTiers> TIERS =
      Setting.withDefault(
          "tiers",
          new ChoiceType<>(TenantTiers.class),
          "all",
          TenantConfig.class,
          TenantConfig::tiers,
          "Tiers that its pages may use; ephemeral ones are dropped where the others stay.");

  /** Rate of a tenant. */
  public static final Setting<Optional<Long>> WRITE_BYTES_PER_SECOND =
      BudgetSettings.perSecond(
          TenantConfig.class,
          TenantConfig::writeLimits,
          "Most bytes of its zpages written to disk in a second; the others stay where they are.");

  /** Wear by a tenant. */
  public static final Setting<Optional<Long>> WRITE_BYTES_PER_DAY =
      BudgetSettings.perDay(
          TenantConfig.class,
          TenantConfig::writeLimits,
          "Most bytes of its zpages written to disk in a day of UTC, kept across restarts; then its"
              + " pages stay in RAM. Give it a ram-max-size as well.");

  /** Settings of one tenant. */
  public static final Section<TenantConfig> TENANT =
      new Section<>(
          "tenants",
          "A list of owners of pools; without it there is one named default, without limits.",
          TenantConfig::from,
          List.of(
              NAME,
              WEIGHT,
              RAM_MAX_SIZE,
              MAX_SIZE,
              TIERS,
              WRITE_BYTES_PER_SECOND,
              WRITE_BYTES_PER_DAY));

  private TenantSettings() {}
}
