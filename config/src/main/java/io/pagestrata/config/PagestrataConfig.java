// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The whole configuration of a store. Immutable, thread-safe, and valid: whoever holds one knows
 * that every value is in range and that they fit together. What the machine can do, such as write
 * to a directory, is checked when the store opens.
 *
 * @param pageBytes page size in bytes, a power of two
 * @param putWait longest wait of a put for room
 * @param closeWait longest wait of a close for work in flight
 * @param durability what outlives the store
 * @param tiers the chain, top to bottom
 * @param writeback how zpages move
 * @param policies what is done with pages of different kinds
 * @param dictionaries how they are trained
 * @param tenants owners of pools
 * @param monitor what is logged about it
 * @param origin where the settings stand, for messages
 */
public record PagestrataConfig(
    int pageBytes,
    Duration putWait,
    Duration closeWait,
    Durability durability,
    List<TierConfig> tiers,
    WritebackConfig writeback,
    PoliciesConfig policies,
    DictionariesConfig dictionaries,
    List<TenantConfig> tenants,
    MonitorConfig monitor,
    Origin origin) {
  /**
   * Checks the whole.
   *
   * @param pageBytes page size in bytes, a power of two
   * @param putWait longest wait of a put for room
   * @param closeWait longest wait of a close for work in flight
   * @param durability what outlives the store
   * @param tiers the chain, top to bottom; copied
   * @param writeback how zpages move
   * @param policies what is done with pages of different kinds
   * @param dictionaries how they are trained
   * @param tenants owners of pools; copied
   * @param monitor what is logged about it
   * @param origin where the settings stand, for messages
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public PagestrataConfig {
    tiers = List.copyOf(tiers);
    tenants = List.copyOf(tenants);
    Problems problems = new Problems(place -> new Where(origin.of(place), 0, 0));
    Rules.check(
        new StoreValues(pageBytes, putWait, closeWait, durability),
        tiers,
        writeback,
        monitor,
        problems);
    Rules.checkValues(Place.IN_NO_LIST, PolicySettings.POLICIES, policies, problems);
    Rules.checkValues(Place.IN_NO_LIST, DictionarySettings.DICTIONARIES, dictionaries, problems);
    TenantRules.check(tenants, problems);
    problems.throwIfAny();
  }

  /**
   * A configuration with the usual policies and dictionaries, and one tenant without limits.
   *
   * @param pageBytes page size in bytes, a power of two
   * @param putWait longest wait of a put for room
   * @param closeWait longest wait of a close for work in flight
   * @param durability what outlives the store
   * @param tiers the chain, top to bottom; copied
   * @param writeback how zpages move
   * @param monitor what is logged about it
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public PagestrataConfig(
      int pageBytes,
      Duration putWait,
      Duration closeWait,
      Durability durability,
      List<TierConfig> tiers,
      WritebackConfig writeback,
      MonitorConfig monitor) {
    this(
        pageBytes,
        putWait,
        closeWait,
        durability,
        tiers,
        writeback,
        PoliciesConfig.DEFAULT,
        DictionariesConfig.DEFAULT,
        List.of(TenantConfig.DEFAULT),
        monitor,
        Origin.UNKNOWN);
  }

  /**
   * The top tier.
   *
   * @return the RAM tier, which every store has
   */
  public RamTierConfig ram() {
    return (RamTierConfig) tiers.get(0);
  }

  /**
   * Least {@code max-size} of the top tier with which the rest of this configuration is valid.
   *
   * @return bytes
   */
  public long leastRamBytes() {
    RamNeed need = RamNeed.of(tiers, 0, pageBytes, writeback, durability);
    return Math.max(Settings.LEAST_RAM_BYTES, need.leastBytes());
  }

  /**
   * Memory of all RAM tiers, which is that of the store.
   *
   * @return bytes
   */
  public long ramBytes() {
    return tiers.stream()
        .filter(RamTierConfig.class::isInstance)
        .mapToLong(TierConfig::maxBytes)
        .sum();
  }

  /**
   * The bottom tier, when it is on disk.
   *
   * @return the file tier, or empty for a store in RAM only
   */
  public Optional<FileTierConfig> file() {
    return tiers.get(tiers.size() - 1) instanceof FileTierConfig file
        ? Optional.of(file)
        : Optional.empty();
  }
}
