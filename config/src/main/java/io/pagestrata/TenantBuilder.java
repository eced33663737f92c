// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.TenantSettings;
import io.pagestrata.config.TenantTiers;

/**
 * Options of a tenant.
 *
 * <p>Each option may be set once; what is not set has the default of {@link TenantSettings}. A
 * value that is not allowed is reported by {@link PagestrataBuilder#build}. Not thread-safe.
 */
public final class TenantBuilder {
  private final SectionBuilder section;

  TenantBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Names the tenant.
   *
   * @param name unique in its store
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder name(String name) {
    section.set(TenantSettings.NAME, name);
    return this;
  }

  /**
   * Sets the share of RAM when that is short, against the weights of the others.
   *
   * @param weight 1 to 1000
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder weight(int weight) {
    section.set(TenantSettings.WEIGHT, weight);
    return this;
  }

  /**
   * Says which tiers its pages may use.
   *
   * @param tiers all of them, those that are no disk, or RAM alone
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder tiers(TenantTiers tiers) {
    section.set(TenantSettings.TIERS, tiers);
    return this;
  }

  /**
   * Says which tiers its pages may use.
   *
   * @param tiers as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder tiers(String tiers) {
    section.setText(TenantSettings.TIERS, tiers);
    return this;
  }

  /**
   * Limits its zpages in RAM.
   *
   * @param bytes such as {@code 64MiB}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder ramMaxSize(String bytes) {
    section.setText(TenantSettings.RAM_MAX_SIZE, bytes);
    return this;
  }

  /**
   * Limits its zpages in RAM.
   *
   * @param bytes limit in bytes
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder ramMaxSize(long bytes) {
    section.setSome(TenantSettings.RAM_MAX_SIZE, bytes);
    return this;
  }

  /**
   * Limits its zpages in all tiers.
   *
   * @param bytes such as {@code 64MiB}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder maxSize(String bytes) {
    section.setText(TenantSettings.MAX_SIZE, bytes);
    return this;
  }

  /**
   * Limits its zpages in all tiers.
   *
   * @param bytes limit in bytes
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder maxSize(long bytes) {
    section.setSome(TenantSettings.MAX_SIZE, bytes);
    return this;
  }

  /**
   * Limits what is written to disk for it in a second.
   *
   * @param bytes such as {@code 64MiB}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder writeBytesPerSecond(String bytes) {
    section.setText(TenantSettings.WRITE_BYTES_PER_SECOND, bytes);
    return this;
  }

  /**
   * Limits what is written to disk for it in a second.
   *
   * @param bytes limit in bytes
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder writeBytesPerSecond(long bytes) {
    section.setSome(TenantSettings.WRITE_BYTES_PER_SECOND, bytes);
    return this;
  }

  /**
   * Limits what is written to disk for it in a day of UTC.
   *
   * @param bytes such as {@code 64MiB}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder writeBytesPerDay(String bytes) {
    section.setText(TenantSettings.WRITE_BYTES_PER_DAY, bytes);
    return this;
  }

  /**
   * Limits what is written to disk for it in a day of UTC.
   *
   * @param bytes limit in bytes
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public TenantBuilder writeBytesPerDay(long bytes) {
    section.setSome(TenantSettings.WRITE_BYTES_PER_DAY, bytes);
    return this;
  }
}
