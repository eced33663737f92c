// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A configuration while it is being collected, by the builder or from YAML: both go through here,
 * so both mean the same. Problems are gathered and thrown together by {@link #build}. Not
 * thread-safe.
 */
public final class ConfigDraft {
  private final Problems problems = new Problems(this::locate);
  private final List<SectionDraft> rest = new ArrayList<>();
  private final List<SectionDraft> tiers = new ArrayList<>();
  private final List<SectionDraft> tenants = new ArrayList<>();
  private final List<SectionDraft> exports = new ArrayList<>();
  private Where tiersPlace = new Where("tiers", 0, 0);
  private Where exportsPlace = new Where("exports", 0, 0);
  private Where tenantsPlace = new Where("tenants", 0, 0);
  private boolean exportsGiven;
  private boolean tenantsGiven;

  /** Starts an empty draft, whose source is a program until told otherwise. */
  public ConfigDraft() {
    for (Section<?> section :
        List.of(
            Settings.STORE,
            Settings.WRITEBACK,
            PolicySettings.POLICIES,
            DictionarySettings.DICTIONARIES,
            Settings.MONITOR,
            DaemonSettings.SERVER,
            DaemonSettings.TLS)) {
      rest.add(
          new SectionDraft(section, Place.IN_NO_LIST, problems, SourceMap.inCode(section.name())));
    }
  }

  /**
   * The values of a section that is no list.
   *
   * @param section the store, writeback, the monitor, the server or its encryption
   * @return its draft, the same at every call
   */
  public SectionDraft section(Section<?> section) {
    return rest.stream().filter(it -> it.section() == section).findFirst().orElseThrow();
  }

  /**
   * Adds a tier at the bottom.
   *
   * @param section its type
   * @param places asked when there is a problem
   * @return its draft
   */
  public SectionDraft addTier(Section<? extends TierConfig> section, SourceMap places) {
    SectionDraft tier = new SectionDraft(section, tiers.size(), problems, places);
    tiers.add(tier);
    return tier;
  }

  /**
   * Says where the list of tiers stands.
   *
   * @param place named when there is a problem
   */
  public void locateTiers(Where place) {
    tiersPlace = place;
  }

  /**
   * Where the list of tiers stands.
   *
   * @return its place
   */
  public Where tiersPlace() {
    return tiersPlace;
  }

  /**
   * Says that there is a list of tenants, and where.
   *
   * @param place named when there is a problem
   */
  public void locateTenants(Where place) {
    tenantsPlace = place;
    tenantsGiven = true;
  }

  /**
   * Adds a tenant.
   *
   * @param places asked when there is a problem
   * @return its draft
   */
  public SectionDraft addTenant(SourceMap places) {
    SectionDraft tenant = new SectionDraft(TenantSettings.TENANT, tenants.size(), problems, places);
    tenants.add(tenant);
    tenantsGiven = true;
    return tenant;
  }

  /**
   * Says that there is a list of exports, and where.
   *
   * @param place named when there is a problem
   */
  public void locateExports(Where place) {
    exportsPlace = place;
    exportsGiven = true;
  }

  /**
   * Adds an export.
   *
   * @param places asked when there is a problem
   * @return its draft
   */
  public SectionDraft addExport(SourceMap places) {
    SectionDraft export = new SectionDraft(DaemonSettings.EXPORT, exports.size(), problems, places);
    exports.add(export);
    return export;
  }

  /**
   * Notes that an export, or the whole list of them, could not be read, and that the reason is
   * among the problems.
   */
  public void exportsUnreadable() {
    problems.spoil(Place.EXPORTS);
  }

  /**
   * Notes that a tier, or the whole list of them, could not be read, and that the reason is among
   * the problems; nothing is said about the order of tiers then.
   */
  public void tiersUnreadable() {
    problems.spoil(Place.TIERS);
  }

  /**
   * Notes a tier of a type that does not exist, or of none.
   *
   * @param where where the type stands or should stand
   * @param text what was given, or empty
   */
  public void unknownTierType(Where where, Optional<String> text) {
    List<String> types = Settings.TIER_TYPES.stream().map(Section::name).toList();
    problems.add(
        where,
        text.map(it -> Words.quote(it) + " is not a type of tier").orElse("missing")
            + "; expected "
            + Words.either(types));
  }

  /**
   * Notes a key that means nothing where it stands.
   *
   * @param where where it stands
   * @param key the key
   * @param known keys that mean something there
   */
  public void unknownKey(Where where, String key, List<String> known) {
    problems.add(
        where,
        "unknown key; "
            + Words.nearest(key, known)
                .map(it -> "did you mean '" + it + "'?")
                .orElseGet(() -> "expected " + Words.either(known)));
  }

  /**
   * Notes a problem that stands at no setting, such as broken syntax.
   *
   * @param where where it stands
   * @param complaint what is wrong and what was expected
   */
  public void problem(Where where, String complaint) {
    problems.add(where, complaint);
  }

  /**
   * Checks everything and makes the configuration of a store.
   *
   * @return a valid configuration
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public PagestrataConfig build() {
    StoreDraft parts = checkStore();
    problems.throwIfAny();
    return parts.config();
  }

  /**
   * Checks everything and makes the configuration of a daemon.
   *
   * @return a valid configuration
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public DaemonConfig buildDaemon() {
    StoreDraft parts = checkStore();
    if (!exportsGiven) {
      SectionDraft usual = addExport(SourceMap.inCode(DaemonSettings.EXPORT.name()));
      DaemonSettings.EXPORT.settings().forEach(usual::setStandIn);
    }
    exports.forEach(SectionDraft::complainAboutMissing);
    List<ExportConfig> exportConfigs = exports.stream().map(ExportConfig::from).toList();
    TlsConfig tls = TlsConfig.from(section(DaemonSettings.TLS));
    ServerConfig server = ServerConfig.from(section(DaemonSettings.SERVER), tls);
    DaemonRules.checkTogether(parts.store().pageBytes(), exportConfigs, server, problems);
    DaemonRules.checkStore(exportConfigs, parts.tenants(), parts.policies(), problems);
    problems.throwIfAny();
    return new DaemonConfig(parts.config(), exportConfigs, server);
  }

  private record StoreDraft(
      StoreValues store,
      List<TierConfig> tiers,
      WritebackConfig writeback,
      PoliciesConfig policies,
      DictionariesConfig dictionaries,
      List<TenantConfig> tenants,
      MonitorConfig monitor,
      Origin origin) {
    PagestrataConfig config() {
      return new PagestrataConfig(
          store.pageBytes(),
          store.putWait(),
          store.closeWait(),
          store.durability(),
          tiers,
          writeback,
          policies,
          dictionaries,
          tenants,
          monitor,
          origin);
    }
  }

  private StoreDraft checkStore() {
    rest.forEach(SectionDraft::complainAboutMissing);
    tiers.forEach(SectionDraft::complainAboutMissing);
    if (!tenantsGiven) {
      SectionDraft usual = addTenant(SourceMap.inCode(TenantSettings.TENANT.name()));
      TenantSettings.TENANT.settings().forEach(usual::setStandIn);
    }
    tenants.forEach(SectionDraft::complainAboutMissing);
    List<TierConfig> tierConfigs = new ArrayList<>();
    for (SectionDraft tier : tiers) {
      tierConfigs.add((TierConfig) tier.section().make(tier));
    }
    StoreDraft parts =
        new StoreDraft(
            StoreValues.from(section(Settings.STORE)),
            tierConfigs,
            WritebackConfig.from(section(Settings.WRITEBACK)),
            PoliciesConfig.from(section(PolicySettings.POLICIES)),
            DictionariesConfig.from(section(DictionarySettings.DICTIONARIES)),
            tenants.stream().map(TenantConfig::from).toList(),
            MonitorConfig.from(section(Settings.MONITOR)),
            new Origin(place -> locate(place).text()));
    Rules.checkTogether(parts.store(), tierConfigs, parts.writeback(), problems);
    TenantRules.checkTogether(parts.tenants(), problems);
    return parts;
  }

  private Where locate(Place place) {
    if (place.equals(Place.TIERS)) {
      return tiersPlace;
    }
    if (place.equals(Place.EXPORTS)) {
      return exportsPlace;
    }
    if (place.equals(Place.TENANTS)) {
      return tenantsPlace;
    }
    Section<?> section = place.section().orElseThrow();
    List<SectionDraft> list =
        section == DaemonSettings.EXPORT
            ? exports
            : section == TenantSettings.TENANT ? tenants : tiers;
    SectionDraft draft =
        place.number() == Place.IN_NO_LIST ? section(section) : list.get(place.number());
    return draft.locate(place.setting());
  }
}
