// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.codec.DictionaryRule;
import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.index.IndexMode;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/**
 * What a user may choose of the parts of a {@link CrashStore}. Immutable.
 *
 * @param zpool of the RAM tier
 * @param eviction of the RAM tier
 * @param codec of puts
 * @param key of new segments
 * @param scope in which pages share
 * @param index directory of the location index; null for a store without
 */
record CrashSetup(
    ZpoolKind zpool, Eviction eviction, Codec codec, Key key, Deduplication scope, Path index) {
  /** What most users have. */
  static final CrashSetup USUAL =
      new CrashSetup(
          ZpoolKind.LOG, Eviction.S3_FIFO, Codec.LZ4, Key.FIRST, Deduplication.OFF, null);

  /** Codecs of puts. */
  enum Codec {
    LZ4("lz4", false),
    ZSTD("zstd-1", false),
    /** With dictionaries. */
    ZSTD_TRAINED("zstd-1", true);

    private static final int SAMPLES = 24;
    private static final int DICTIONARY_BYTES = 4 << 10;
    private static final double LEAST_GAIN = 0.03;

    final String codecName;
    final DictionaryRule dictionaries;

    Codec(String codecName, boolean trained) {
      this.codecName = codecName;
      dictionaries =
          new DictionaryRule(
              trained,
              CrashStore.PAGE_BYTES,
              DICTIONARY_BYTES,
              LEAST_GAIN,
              Duration.ofSeconds(30).toNanos(),
              SAMPLES * CrashStore.PAGE_BYTES,
              1);
    }
  }

  /** What new segments are encrypted with; those of every other key are read all the same. */
  enum Key {
    NONE,
    FIRST,
    SECOND;

    private final EncryptionKey bytes = EncryptionKey.random();

    FileEncryption encryption() {
      return new FileEncryption(
          this == NONE ? Optional.empty() : Optional.of(bytes),
          Arrays.stream(values())
              .filter(other -> other != this && other != NONE)
              .map(other -> other.bytes)
              .toList());
    }
  }

  IndexMode indexMode() {
    return index == null ? IndexMode.OFF : IndexMode.ON;
  }

  CrashSetup with(ZpoolKind pool, Eviction order) {
    return new CrashSetup(pool, order, codec, key, scope, index);
  }

  CrashSetup with(Codec puts, Key segments) {
    return new CrashSetup(zpool, eviction, puts, segments, scope, index);
  }

  CrashSetup with(Deduplication sharing) {
    return new CrashSetup(zpool, eviction, codec, key, sharing, index);
  }

  CrashSetup with(Path indexDirectory) {
    return new CrashSetup(zpool, eviction, codec, key, scope, indexDirectory);
  }

  /** Any of all, but for the index, which stays. */
  CrashSetup any(Random random) {
    return new CrashSetup(
        one(random, ZpoolKind.values()),
        one(random, Eviction.values()),
        one(random, Codec.values()),
        one(random, Key.values()),
        one(random, Deduplication.values()),
        index);
  }

  /** As at a start with another configuration: what is on the disk was made with others, too. */
  CrashSetup changed(Random random) {
    return with(
        random.nextBoolean() ? codec : one(random, Codec.values()),
        random.nextBoolean() ? key : one(random, Key.values()));
  }

  private static <T> T one(Random random, T[] all) {
    return all[random.nextInt(all.length)];
  }
}
