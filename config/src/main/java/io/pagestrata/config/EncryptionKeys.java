// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.crypt.KeyFiles;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.MissingKeyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Fetches the keys that a configuration names, and makes new ones. Stateless and thread-safe. */
public final class EncryptionKeys {
  private static final Logger LOG = LogManager.getLogger(EncryptionKeys.class);

  private EncryptionKeys() {}

  /**
   * Makes a file with a new random key, which its owner alone can read.
   *
   * @param file must not exist
   * @return the id of the key in words
   * @throws IOException when it exists or cannot be written
   */
  public static String create(Path file) throws IOException {
    return KeyFiles.create(file).toString();
  }

  /** What is to be set when a key is missing: the key, or one of earlier keys. */
  static SettingFault missing(EncryptionConfig encryption, MissingKeyException cause) {
    return new SettingFault(
        encryption.hasKey()
            ? EncryptionSettings.FILE_ENCRYPTION_PREVIOUS_KEY_FILES
            : EncryptionSettings.FILE_ENCRYPTION_KEY_FILE,
        cause);
  }

  static FileEncryption fetch(EncryptionConfig encryption, Durability durability)
      throws SettingFault {
    List<EncryptionKey> previous = new ArrayList<>();
    for (Path file : encryption.previousKeyFiles()) {
      previous.add(
          get(EncryptionSettings.FILE_ENCRYPTION_PREVIOUS_KEY_FILES, () -> KeyFiles.read(file)));
    }
    return new FileEncryption(current(encryption, durability), previous);
  }

  private static Optional<EncryptionKey> current(EncryptionConfig encryption, Durability durability)
      throws SettingFault {
    return switch (encryption.effective(durability)) {
      case EPHEMERAL -> Optional.of(EncryptionKey.random());
      case KEY -> Optional.of(given(encryption));
      case NONE, AUTO -> Optional.empty();
    };
  }

  /** Tells who did not ask for it that whoever has the files can read them. */
  static void warnOfClear(FileTierConfig file, Durability durability) {
    EncryptionConfig encryption = file.encryption();
    if (encryption.mode() == EncryptionMode.AUTO
        && encryption.effective(durability) == EncryptionMode.NONE) {
      LOG.warn("{}: segments are not encrypted, since no key is configured", file.directory());
    }
  }

  private static EncryptionKey given(EncryptionConfig encryption) throws SettingFault {
    return encryption.keyFile().isPresent()
        ? get(
            EncryptionSettings.FILE_ENCRYPTION_KEY_FILE,
            () -> KeyFiles.read(encryption.keyFile().get()))
        : get(
            EncryptionSettings.FILE_ENCRYPTION_KEY_COMMAND,
            () -> KeyFiles.fromCommand(encryption.keyCommand().orElseThrow()));
  }

  /** Where a key comes from. */
  @FunctionalInterface
  private interface Source {
    EncryptionKey get() throws IOException;
  }

  private static EncryptionKey get(Setting<?> setting, Source source) throws SettingFault {
    try {
      return source.get();
    } catch (IOException e) {
      throw new SettingFault(setting, e);
    }
  }
}
