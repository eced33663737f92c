// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How zpages on disk are encrypted. Immutable; checked as part of a {@link PagestrataConfig}. What
 * each value means stands in {@link EncryptionSettings}. Names where keys are, holds none.
 *
 * @param mode with which key
 * @param keyFile file with the key, or empty
 * @param keyCommand command that prints the key, or empty
 * @param previousKeyFiles files with keys of what was written before
 */
public record EncryptionConfig(
    EncryptionMode mode,
    Optional<Path> keyFile,
    Optional<String> keyCommand,
    List<Path> previousKeyFiles) {
  /** What is done when nothing is said. */
  public static final EncryptionConfig AUTO =
      new EncryptionConfig(EncryptionMode.AUTO, Optional.empty(), Optional.empty(), List.of());

  /**
   * Copies the list.
   *
   * @param mode with which key
   * @param keyFile file with the key, or empty
   * @param keyCommand command that prints the key, or empty
   * @param previousKeyFiles files with keys of what was written before
   */
  public EncryptionConfig {
    previousKeyFiles = List.copyOf(previousKeyFiles);
  }

  static EncryptionConfig from(SectionDraft draft) {
    return new EncryptionConfig(
        draft.get(EncryptionSettings.FILE_ENCRYPTION),
        draft.get(EncryptionSettings.FILE_ENCRYPTION_KEY_FILE),
        draft.get(EncryptionSettings.FILE_ENCRYPTION_KEY_COMMAND),
        draft.get(EncryptionSettings.FILE_ENCRYPTION_PREVIOUS_KEY_FILES));
  }

  boolean hasKey() {
    return keyFile.isPresent() || keyCommand.isPresent();
  }

  /** The mode that {@link EncryptionMode#AUTO} stands for. */
  EncryptionMode effective(Durability durability) {
    if (mode != EncryptionMode.AUTO) {
      return mode;
    }
    if (hasKey()) {
      return EncryptionMode.KEY;
    }
    return durability == Durability.VOLATILE ? EncryptionMode.EPHEMERAL : EncryptionMode.NONE;
  }
}
