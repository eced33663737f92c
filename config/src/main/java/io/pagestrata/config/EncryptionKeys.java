// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.crypt.KeyFiles;
import io.pagestrata.tiers.file.FileEncryption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fetches the keys that a configuration names, and makes new ones. Stateless and thread-safe. */
public final class EncryptionKeys {
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

  static FileEncryption fetch(EncryptionConfig encryption, Durability durability)
      throws IOException {
    List<EncryptionKey> previous = new ArrayList<>();
    for (Path file : encryption.previousKeyFiles()) {
      previous.add(KeyFiles.read(file));
    }
    return new FileEncryption(current(encryption, durability), previous);
  }

  private static Optional<EncryptionKey> current(EncryptionConfig encryption, Durability durability)
      throws IOException {
    return switch (encryption.effective(durability)) {
      case EPHEMERAL -> Optional.of(EncryptionKey.random());
      case KEY ->
          Optional.of(
              encryption.keyFile().isPresent()
                  ? KeyFiles.read(encryption.keyFile().get())
                  : KeyFiles.fromCommand(encryption.keyCommand().orElseThrow()));
      case NONE, AUTO -> Optional.empty();
    };
  }
}
