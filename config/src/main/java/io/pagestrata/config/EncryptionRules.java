// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** What makes the encryption of a file tier valid beyond the kind of each value. Stateless. */
final class EncryptionRules {
  private EncryptionRules() {}

  static void check(
      int tier, EncryptionConfig encryption, Durability durability, Problems problems) {
    Place mode = Place.ofTier(tier, Settings.FILE, EncryptionSettings.FILE_ENCRYPTION);
    Place keyFile = Place.ofTier(tier, Settings.FILE, EncryptionSettings.FILE_ENCRYPTION_KEY_FILE);
    Place keyCommand =
        Place.ofTier(tier, Settings.FILE, EncryptionSettings.FILE_ENCRYPTION_KEY_COMMAND);
    if (encryption.keyFile().isPresent() && encryption.keyCommand().isPresent()) {
      problems.addIfSound(
          "is given beside a key file; expected one source of the key", keyCommand, keyFile);
    }
    EncryptionMode effective = encryption.effective(durability);
    if (effective == EncryptionMode.EPHEMERAL && durability == Durability.DURABLE) {
      problems.addIfSound(
          "'ephemeral' loses the key with the process; expected key or none in a durable store",
          mode,
          Place.of(Settings.STORE, DurabilitySettings.DURABILITY));
    }
    if (effective == EncryptionMode.KEY && !encryption.hasKey()) {
      problems.addIfSound(
          "'key' needs a key; expected encryption-key-file or encryption-key-command too",
          mode,
          keyFile,
          keyCommand);
    }
    if (effective != EncryptionMode.KEY && encryption.hasKey()) {
      problems.addIfSound(
          "leaves the key that is given unused; expected key or auto", mode, keyFile, keyCommand);
    }
  }
}
