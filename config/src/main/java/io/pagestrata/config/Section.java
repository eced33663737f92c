// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Settings that stand together: those of the store, of one kind of tier, of writeback, of the
 * monitor. Immutable and thread-safe; all of them stand in {@link Settings}.
 *
 * @param <R> the part of a configuration made of them
 */
public final class Section<R> {
  private final String name;
  private final String meaning;
  private final List<Setting<?>> settings;
  private final Function<SectionDraft, R> maker;

  Section(String name, String meaning, Function<SectionDraft, R> maker, List<Setting<?>> settings) {
    this.name = name;
    this.meaning = meaning;
    this.maker = maker;
    this.settings = settings;
  }

  /**
   * Name: the type of a tier, or the key in YAML; empty for the settings of the store.
   *
   * @return one lower-case word or nothing
   */
  public String name() {
    return name;
  }

  /**
   * What the section is about.
   *
   * @return one sentence
   */
  public String meaning() {
    return meaning;
  }

  /**
   * Settings in the order of the documentation.
   *
   * @return an immutable list
   */
  public List<Setting<?>> settings() {
    return settings;
  }

  /**
   * Looks a setting up.
   *
   * @param settingName name as in YAML
   * @return the setting, or empty
   */
  public Optional<Setting<?>> setting(String settingName) {
    return settings.stream().filter(it -> it.name().equals(settingName)).findFirst();
  }

  R make(SectionDraft draft) {
    return maker.apply(draft);
  }

  @Override
  public String toString() {
    return name;
  }
}
