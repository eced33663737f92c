// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.crypt.EncryptionKey;
import java.util.List;
import java.util.Optional;

/**
 * With which keys a file tier writes and reads. Immutable.
 *
 * @param current encrypts new records; empty to write them in the clear
 * @param previous open records of earlier runs
 */
public record FileEncryption(Optional<EncryptionKey> current, List<EncryptionKey> previous) {
  /**
   * Copies the list.
   *
   * @param current encrypts new records; empty to write them in the clear
   * @param previous open records of earlier runs
   */
  public FileEncryption {
    previous = List.copyOf(previous);
  }

  /**
   * Everything in the clear.
   *
   * @return no keys
   */
  public static FileEncryption none() {
    return new FileEncryption(Optional.empty(), List.of());
  }

  /**
   * A key that is nowhere but in memory: what it encrypted is lost with the process.
   *
   * @return a new random key
   */
  public static FileEncryption ephemeral() {
    return with(EncryptionKey.random());
  }

  /**
   * One key for everything.
   *
   * @param key encrypts and opens
   * @return that key alone
   */
  public static FileEncryption with(EncryptionKey key) {
    return new FileEncryption(Optional.of(key), List.of());
  }
}
