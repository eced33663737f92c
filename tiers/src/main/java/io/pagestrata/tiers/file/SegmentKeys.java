// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.crypt.CipherPool;
import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.SegmentFormat.Seal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds the cipher of each segment.
 *
 * <p>Each run of a store draws a salt and derives a key of its own from it, and numbers of segments
 * are not used twice in a run; so key, sequence and position are never the same for two records,
 * whatever a crash, a restored copy of the directory or a cut off tail makes of the files. Segments
 * of one run share one cipher. Thread-safe; {@code this} guards the ciphers.
 */
final class SegmentKeys {
  private final Map<Long, EncryptionKey> keys = new HashMap<>();
  private final Map<ByteBuffer, RecordCipher> ciphers = new HashMap<>();
  private final CipherPool pool;
  private final Seal sealOfNew;
  private final RecordCipher forNew;
  private final AtomicLong dictionaryPlaces = new AtomicLong();

  SegmentKeys(FileEncryption encryption, int pageBytes) {
    pool = new CipherPool(pageBytes);
    encryption.previous().forEach(key -> keys.put(key.id(), key));
    EncryptionKey current = encryption.current().orElse(null);
    if (current == null) {
      sealOfNew = null;
      forNew = null;
    } else {
      keys.put(current.id(), current);
      sealOfNew = new Seal(current.id(), EncryptionKey.randomBytes(RecordCipher.SALT_BYTES));
      forNew = cipher(current, sealOfNew);
    }
  }

  /** Encrypts records of new segments; null when they are not encrypted. */
  RecordCipher forNew() {
    return forNew;
  }

  /** Whether there are keys that new segments do not get. */
  boolean hasEarlier() {
    return keys.size() > (sealOfNew == null ? 0 : 1);
  }

  /** What the headers of new segments say; null when they are not encrypted. */
  Seal sealOfNew() {
    return sealOfNew;
  }

  /** Whether a cipher has the key of new segments, or there is none for both. */
  boolean isCurrent(RecordCipher cipher) {
    return cipher == null || forNew == null ? cipher == forNew : cipher.keyId() == forNew.keyId();
  }

  /** The same for what a header says. */
  boolean isCurrent(Seal seal) {
    return seal == null || sealOfNew == null
        ? seal == sealOfNew
        : seal.keyId() == sealOfNew.keyId();
  }

  /**
   * What opens the records of a segment; null when they are not encrypted.
   *
   * @throws IOException when the key is missing
   */
  synchronized RecordCipher of(SegmentFormat.Header header, String name) throws IOException {
    Seal seal = header.seal();
    return seal == null ? null : cipher(key(seal, name), seal);
  }

  /** Whether the key of a segment is there. */
  boolean has(Seal seal) {
    return keys.containsKey(seal.keyId());
  }

  private synchronized RecordCipher cipher(EncryptionKey key, Seal seal) {
    return ciphers.computeIfAbsent(
        ByteBuffer.wrap(seal.salt()), salt -> new RecordCipher(key, seal.salt(), pool));
  }

  /** First part of the nonce of a dictionary: never the same twice in a run. */
  long newDictionaryPlace() {
    return dictionaryPlaces.incrementAndGet();
  }

  /**
   * What seals and opens a dictionary, which may be longer than a page.
   *
   * @throws IOException when the key is missing
   */
  RecordCipher ofDictionary(Seal seal, String name) throws IOException {
    return new RecordCipher(
        key(seal, name), seal.salt(), new CipherPool(DictionaryFormat.MOST_CONTENT_BYTES));
  }

  private EncryptionKey key(Seal seal, String name) throws IOException {
    EncryptionKey key = keys.get(seal.keyId());
    if (key == null) {
      throw new MissingKeyException(name, seal.keyId(), keys.keySet());
    }
    return key;
  }

  /**
   * Finds out, before anything is changed, whether the key of every segment is there.
   *
   * @throws IOException when one is missing
   */
  void check(SegmentFiles files, Collection<String> names) throws IOException {
    ByteBuffer start = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
    for (String name : names) {
      try (SegmentFile file = files.open(name)) {
        start.clear();
        boolean complete = file.readFully(start, 0);
        SegmentFormat.Header header = complete ? SegmentFormat.readHeader(start) : null;
        if (header != null && header.survives() && header.seal() != null) {
          key(header.seal(), name);
        }
      }
    }
  }
}
