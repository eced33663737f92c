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
  private Where tiersPlace = new Where("tiers", 0, 0);

  /** Starts an empty draft, whose source is a program until told otherwise. */
  public ConfigDraft() {
    for (Section<?> section : List.of(Settings.STORE, Settings.WRITEBACK, Settings.MONITOR)) {
      rest.add(
          new SectionDraft(section, Place.NO_TIER, problems, SourceMap.inCode(section.name())));
    }
  }

  /**
   * The values of a section outside the tiers.
   *
   * @param section the store, writeback or the monitor
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
   * Checks everything and makes the configuration.
   *
   * @return a valid configuration
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public PagestrataConfig build() {
    rest.forEach(SectionDraft::complainAboutMissing);
    tiers.forEach(SectionDraft::complainAboutMissing);
    StoreValues store = StoreValues.from(section(Settings.STORE));
    List<TierConfig> tierConfigs = new ArrayList<>();
    for (SectionDraft tier : tiers) {
      tierConfigs.add((TierConfig) tier.section().make(tier));
    }
    WritebackConfig writeback = WritebackConfig.from(section(Settings.WRITEBACK));
    MonitorConfig monitor = MonitorConfig.from(section(Settings.MONITOR));
    Rules.checkTogether(store, tierConfigs, writeback, problems);
    problems.throwIfAny();
    return new PagestrataConfig(
        store.pageBytes(), store.putWait(), store.closeWait(), tierConfigs, writeback, monitor);
  }

  private Where locate(Place place) {
    if (place.equals(Place.TIERS)) {
      return tiersPlace;
    }
    SectionDraft draft =
        place.tier() == Place.NO_TIER
            ? section(place.section().orElseThrow())
            : tiers.get(place.tier());
    return draft.locate(place.setting());
  }
}
