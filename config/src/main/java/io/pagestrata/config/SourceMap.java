// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** Says where the settings of one section stand in their source, for messages. */
public interface SourceMap {
  /**
   * Where the section as a whole stands.
   *
   * @return its place
   */
  Where whole();

  /**
   * Where a setting stands, or would stand when nobody gave it.
   *
   * @param setting a setting of the section
   * @return its place
   */
  Where of(Setting<?> setting);

  /**
   * Places in a program that uses the builder.
   *
   * @param prefix name of the section in the builder; empty for the store
   * @return places such as {@code ram.maxSize}
   */
  static SourceMap inCode(String prefix) {
    return new SourceMap() {
      @Override
      public Where whole() {
        return new Where(prefix, 0, 0);
      }

      @Override
      public Where of(Setting<?> setting) {
        String name = Words.camelCase(setting.name());
        return new Where(prefix.isEmpty() ? name : prefix + "." + name, 0, 0);
      }
    };
  }
}
