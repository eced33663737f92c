// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.SectionDraft;
import io.pagestrata.config.Setting;
import io.pagestrata.config.SourceMap;
import java.util.Objects;
import java.util.Optional;

/** Sets each setting of one section at most once. */
final class SectionBuilder {
  private final SectionDraft draft;
  private final SourceMap places;

  SectionBuilder(SectionDraft draft, SourceMap places) {
    this.draft = draft;
    this.places = places;
  }

  <T> void set(Setting<T> setting, T value) {
    requireFirst(setting);
    requireGiven(setting, value);
    draft.set(setting, value);
  }

  /** Sets a setting that may also have no value. */
  <T> void setSome(Setting<Optional<T>> setting, T value) {
    requireGiven(setting, value);
    set(setting, Optional.of(value));
  }

  void setText(Setting<?> setting, String text) {
    requireFirst(setting);
    requireGiven(setting, text);
    draft.setText(setting, text);
  }

  private void requireGiven(Setting<?> setting, Object value) {
    Objects.requireNonNull(value, () -> places.of(setting).text() + " is null");
  }

  private void requireFirst(Setting<?> setting) {
    draft
        .given(setting)
        .ifPresent(
            text -> {
              throw new IllegalStateException(
                  places.of(setting).text() + " is already set to '" + text + "'");
            });
  }
}
