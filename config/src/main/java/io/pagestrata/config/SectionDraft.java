// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values given so far for one section of a {@link ConfigDraft}. Not thread-safe. */
public final class SectionDraft {
  private final Section<?> section;
  private final Problems problems;
  private final int number;
  private SourceMap places;
  private final Map<Setting<?>, String> texts = new HashMap<>();
  private final Map<Setting<?>, Object> values = new HashMap<>();

  SectionDraft(Section<?> section, int number, Problems problems, SourceMap places) {
    this.section = section;
    this.number = number;
    this.problems = problems;
    this.places = places;
  }

  /**
   * Says where the section stands.
   *
   * @param map asked when there is a problem
   */
  public void locateWith(SourceMap map) {
    places = map;
  }

  /**
   * Gives a value as text. A text that is no such value becomes a problem of the draft.
   *
   * @param <T> Java type of the value
   * @param setting a setting of this section
   * @param text what somebody wrote
   */
  public <T> void setText(Setting<T> setting, String text) {
    texts.put(setting, text);
    try {
      values.put(setting, setting.parse(text));
    } catch (IllegalArgumentException e) {
      problems.add(place(setting), e.getMessage());
    }
  }

  /**
   * Gives a list of values as texts. Each text that is no such value becomes a problem of the
   * draft.
   *
   * @param <T> Java type of the list
   * @param setting a setting of this section that takes a list
   * @param elements what somebody wrote
   */
  public <T> void setTexts(Setting<T> setting, List<String> elements) {
    texts.put(setting, String.join(", ", elements));
    try {
      values.put(setting, setting.parseElements(elements));
    } catch (IllegalArgumentException e) {
      problems.add(place(setting), e.getMessage());
    }
  }

  /**
   * Gives a value. A value that is not allowed becomes a problem of the draft.
   *
   * @param <T> Java type of the value
   * @param setting a setting of this section
   * @param value the value
   */
  public <T> void set(Setting<T> setting, T value) {
    texts.put(setting, setting.format(value));
    Optional<String> complaint = setting.complaint(value);
    if (complaint.isPresent()) {
      problems.add(place(setting), complaint.get());
    } else {
      values.put(setting, value);
    }
  }

  /**
   * Notes that a setting was given in a form that holds no text at all.
   *
   * @param setting a setting of this section
   * @param form what was found, such as "is a list"
   */
  public void setUnreadable(Setting<?> setting, String form) {
    texts.put(setting, form);
    problems.add(place(setting), setting.complaintAbout(form));
  }

  /**
   * What was given for a setting, right or wrong.
   *
   * @param setting a setting of this section
   * @return its text, or empty when nothing was given
   */
  public Optional<String> given(Setting<?> setting) {
    return Optional.ofNullable(texts.get(setting));
  }

  /**
   * Which settings these are values of.
   *
   * @return the section
   */
  public Section<?> section() {
    return section;
  }

  /** Gives the default, or for a setting without one its example. */
  <T> void setStandIn(Setting<T> setting) {
    set(setting, setting.standIn());
  }

  void complainAboutMissing() {
    for (Setting<?> setting : section.settings()) {
      if (setting.isRequired() && !texts.containsKey(setting)) {
        problems.add(place(setting), setting.complaintAbout("missing"));
      }
    }
  }

  Where locate(Optional<Setting<?>> setting) {
    return setting.map(places::of).orElseGet(places::whole);
  }

  /** The value given, or the default; for a faulty value something that is allowed. */
  <T> T get(Setting<T> setting) {
    @SuppressWarnings("unchecked") // set and setText put only values of the setting's own type
    T value = (T) values.get(setting);
    return value != null ? value : setting.standIn();
  }

  private Place place(Setting<?> setting) {
    return new Place(number, Optional.of(section), Optional.of(setting));
  }
}
