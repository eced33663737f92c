// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.io.IOException;

/** What one setting names cannot be used, such as a file that holds no key. */
final class SettingFault extends IOException {
  private static final long serialVersionUID = 1;

  /** Only the one who opens the store asks for it. */
  private final transient Setting<?> setting;

  SettingFault(Setting<?> setting, IOException cause) {
    super(cause.getMessage(), cause);
    this.setting = setting;
  }

  Setting<?> setting() {
    return setting;
  }
}
