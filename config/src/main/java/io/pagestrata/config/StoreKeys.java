// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.crypt.KeyFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Keys out of files, each of which is read once: a pipe gives its key only once. Immutable. */
public final class StoreKeys {
  private final List<EncryptionKey> keys;

  private StoreKeys(List<EncryptionKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads key files.
   *
   * @param files any number, each with a key
   * @return the keys
   * @throws IOException when one cannot be read, others may read it, or it holds no key
   */
  public static StoreKeys read(List<Path> files) throws IOException {
    List<EncryptionKey> keys = new ArrayList<>();
    for (Path file : files) {
      keys.add(KeyFiles.read(file));
    }
    return new StoreKeys(keys);
  }

  /**
   * Tells the keys from others without giving them away.
   *
   * @return the id of each, 16 digits
   */
  public Set<String> ids() {
    return keys.stream()
        .map(key -> EncryptionKey.idText(key.id()))
        .collect(Collectors.toUnmodifiableSet());
  }

  List<EncryptionKey> keys() {
    return keys;
  }
}
