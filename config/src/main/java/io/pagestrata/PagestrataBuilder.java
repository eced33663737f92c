// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.ConfigDraft;
import io.pagestrata.config.DictionarySettings;
import io.pagestrata.config.Durability;
import io.pagestrata.config.DurabilitySettings;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.PolicySettings;
import io.pagestrata.config.RemoteTierSettings;
import io.pagestrata.config.Section;
import io.pagestrata.config.Settings;
import io.pagestrata.config.SourceMap;
import io.pagestrata.config.TenantSettings;
import io.pagestrata.config.TierConfig;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Collects the configuration of a store, tier by tier from the top.
 *
 * <pre>{@code
 * PagestrataConfig config =
 *     Pagestrata.builder()
 *         .durability(Durability.DURABLE)
 *         .putWait("2s")
 *         .ram(ram -> ram.maxSize("64MiB"))
 *         .file(file -> file.directory(directory).maxSize("1GiB"))
 *         .build(); // throws with all problems, not the first alone
 * }</pre>
 *
 * <p>Each option may be set once; what is not set has the default of {@link Settings}. Wrong values
 * are reported all together by {@link #build}. Sizes and durations are given as in YAML, or as
 * bytes and {@link Duration}. Not thread-safe.
 */
public final class PagestrataBuilder {
  private final ConfigDraft draft = new ConfigDraft();
  private final SectionBuilder store = section(Settings.STORE);
  private final SectionBuilder writeback = section(Settings.WRITEBACK);
  private final SectionBuilder policies = section(PolicySettings.POLICIES);
  private final SectionBuilder dictionaries = section(DictionarySettings.DICTIONARIES);
  private final SectionBuilder monitor = section(Settings.MONITOR);

  PagestrataBuilder() {}

  /**
   * Sets the page size.
   *
   * @param size such as {@code 4KiB}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder pageSize(String size) {
    store.setText(Settings.PAGE_SIZE, size);
    return this;
  }

  /**
   * Sets the page size.
   *
   * @param bytes a power of two from 4096 to 65536
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder pageSize(long bytes) {
    store.set(Settings.PAGE_SIZE, bytes);
    return this;
  }

  /**
   * Says whether pages of persistent pools outlive the store.
   *
   * @param durability volatile is the default
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder durability(Durability durability) {
    store.set(DurabilitySettings.DURABILITY, durability);
    return this;
  }

  /**
   * Says whether pages of persistent pools outlive the store.
   *
   * @param durability as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder durability(String durability) {
    store.setText(DurabilitySettings.DURABILITY, durability);
    return this;
  }

  /**
   * Limits the time a put waits for room.
   *
   * @param wait such as {@code 5s}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder putWait(String wait) {
    store.setText(Settings.PUT_WAIT, wait);
    return this;
  }

  /**
   * Limits the time a put waits for room.
   *
   * @param wait zero or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder putWait(Duration wait) {
    store.set(Settings.PUT_WAIT, wait);
    return this;
  }

  /**
   * Limits the time a close waits for operations in flight.
   *
   * @param wait such as {@code 10s}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder closeWait(String wait) {
    store.setText(Settings.CLOSE_WAIT, wait);
    return this;
  }

  /**
   * Limits the time a close waits for operations in flight.
   *
   * @param wait zero or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PagestrataBuilder closeWait(Duration wait) {
    store.set(Settings.CLOSE_WAIT, wait);
    return this;
  }

  /**
   * Adds a compressed pool in RAM: the top of the chain or, called a second time, the tier below
   * it.
   *
   * @param options sets the options of the tier
   * @return this
   */
  public PagestrataBuilder ram(Consumer<RamTierBuilder> options) {
    Objects.requireNonNull(options, "options");
    options.accept(new RamTierBuilder(tier(Settings.RAM)));
    return this;
  }

  /**
   * Adds a Redis or Valkey server or cluster, between RAM and disk.
   *
   * @param options sets the options of the tier
   * @return this
   */
  public PagestrataBuilder remote(Consumer<RemoteTierBuilder> options) {
    Objects.requireNonNull(options, "options");
    options.accept(new RemoteTierBuilder(tier(RemoteTierSettings.REMOTE)));
    return this;
  }

  /**
   * Adds segment files in a directory, the bottom of the chain.
   *
   * @param options sets the options of the tier
   * @return this
   */
  public PagestrataBuilder file(Consumer<FileTierBuilder> options) {
    Objects.requireNonNull(options, "options");
    options.accept(new FileTierBuilder(tier(Settings.FILE)));
    return this;
  }

  /**
   * Sets how zpages move.
   *
   * @param options sets the options of writeback
   * @return this
   */
  public PagestrataBuilder writeback(Consumer<WritebackBuilder> options) {
    Objects.requireNonNull(options, "options");
    options.accept(new WritebackBuilder(writeback));
    return this;
  }

  /**
   * Sets what is done with pages of different kinds.
   *
   * @param options sets the policies
   * @return this
   */
  public PagestrataBuilder policies(Consumer<PoliciesBuilder> options) {
    Objects.requireNonNull(options, "options");
    options.accept(new PoliciesBuilder(policies));
    return this;
  }

  /**
   * Sets how dictionaries for zstd are trained.
   *
   * @param options sets the options of dictionaries
   * @return this
   */
  public PagestrataBuilder dictionaries(Consumer<DictionariesBuilder> options) {
    Objects.requireNonNull(options, "options");
    options.accept(new DictionariesBuilder(dictionaries));
    return this;
  }

  /**
   * Adds an owner of pools. Without any there is one named {@code default}, without limits.
   *
   * @param options sets the options of the tenant
   * @return this
   */
  public PagestrataBuilder tenant(Consumer<TenantBuilder> options) {
    Objects.requireNonNull(options, "options");
    SourceMap places = SourceMap.inCode(TenantSettings.TENANT.name());
    options.accept(new TenantBuilder(new SectionBuilder(draft.addTenant(places), places)));
    return this;
  }

  /**
   * Sets what is logged.
   *
   * @param options sets the options of the monitor
   * @return this
   */
  public PagestrataBuilder monitor(Consumer<MonitorBuilder> options) {
    Objects.requireNonNull(options, "options");
    options.accept(new MonitorBuilder(monitor));
    return this;
  }

  /**
   * Checks everything and makes the configuration.
   *
   * @return a valid configuration
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public PagestrataConfig build() {
    return draft.build();
  }

  /**
   * Checks everything and opens the store.
   *
   * @return an open store, which the caller closes
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public PageStore open() {
    return Pagestrata.open(build());
  }

  private SectionBuilder section(Section<?> section) {
    return new SectionBuilder(draft.section(section), SourceMap.inCode(section.name()));
  }

  private SectionBuilder tier(Section<? extends TierConfig> section) {
    SourceMap places = SourceMap.inCode(section.name());
    return new SectionBuilder(draft.addTier(section, places), places);
  }
}
