// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.crypt.EncryptionKey;
import java.io.IOException;
import java.util.Collection;
import java.util.stream.Collectors;

/** A file of a store is encrypted with a key that was not given. */
public final class MissingKeyException extends IOException {
  private static final long serialVersionUID = 1L;

  MissingKeyException(String name, long keyId, Collection<Long> given) {
    super(
        name
            + " is encrypted with key "
            + EncryptionKey.idText(keyId)
            + ", and "
            + (given.isEmpty()
                ? "no key is given"
                : "given is only key "
                    + given.stream().map(EncryptionKey::idText).collect(Collectors.joining(", "))));
  }
}
