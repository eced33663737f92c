// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.SectionDraft;
import io.pagestrata.config.Setting;
import io.pagestrata.config.SourceMap;

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
    draft.set(setting, value);
  }

  void setText(Setting<?> setting, String text) {
    requireFirst(setting);
    draft.setText(setting, text);
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
