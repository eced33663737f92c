// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage of encrypted records, and the way from one key to the next. */
class EncryptedTierTest {
  private static final long OBJECTS = 200;

  private final MemoryFiles files = new MemoryFiles();
  private final FileTierSettings settings = FileTierModelTest.settings(Path.of("x"), 12, false);
  private final ZpageBatch batch = PlainHost.newBatch(80);
  private final CRC32C crc = new CRC32C();
  private final PlainHost host = new PlainHost();
  private ByteBuffer scratch;

  private FileTier durable(FileEncryption encryption) throws IOException {
    FileTier tier =
        FileTier.durable(
            settings, encryption, 0, System::nanoTime, files, FileWear.unlimited(), IndexMode.OFF);
    host.use(tier);
    scratch = AlignedBuffers.allocate(tier.scratchBytes());
    return tier;
  }

  private void putAll() throws IOException {
    for (long first = 0; first < OBJECTS; first += 50) {
      host.put(batch, LongStream.range(first, first + 50).toArray());
    }
  }

  private void readAll() throws IOException {
    for (long object = 0; object < OBJECTS; object++) {
      assertThat(host.read(object, scratch, crc)).as("object %d", object).isTrue();
    }
  }

  private void recover(FileTier tier) throws IOException {
    host.table.clear();
    tier.log()
        .orElseThrow()
        .recover(
            (pool, object, index, generation, tombstone, locator) ->
                host.table.put(object, new PlainHost.Place(locator, generation)));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 24, ZpageHeader.BYTES, -1, -RecordCipher.TAG_BYTES})
  void aFlippedBitSpoilsOnePageOnly(int where) throws IOException {
    try (FileTier tier = durable(FileEncryption.ephemeral())) {
      putAll();
      PlainHost.Place place = host.table.get(7L);
      long offset = Long.parseLong(tier.describe(place.locator()).replaceAll(".*offset ", ""));
      int end =
          ZpageHeader.BYTES
              + PlainHost.payloadBytes(7, place.generation())
              + RecordCipher.TAG_BYTES;
      files.flipBit("segment-00000001.pss", offset + (where < 0 ? end + where : where));
      FileLocators locators = new FileLocators(16, settings.segmentBytes());
      int[] verified = new int[1];
      tier.read(
          place.locator(),
          scratch,
          (memory, at, available) -> {
            assertThat(available).isEqualTo(locators.bytes(place.locator()));
            verified[0] = ZpageHeader.verify(memory, at, available, crc) ? 1 : -1;
            return 0;
          });
      assertThat(verified[0]).isEqualTo(-1);
      for (long object = 0; object < OBJECTS; object++) {
        assertThat(object == 7 || host.read(object, scratch, crc)).isTrue();
      }
    }
  }

  @Test
  void cleaningBringsTheNewKey() throws IOException {
    EncryptionKey first = EncryptionKey.random();
    EncryptionKey second = EncryptionKey.random();
    rotate(FileEncryption.with(first), new FileEncryption(Optional.of(second), List.of(first)));
    try (FileTier tier = durable(FileEncryption.with(second))) {
      recover(tier);
      readAll();
    }
    assertThatThrownBy(() -> durable(FileEncryption.with(first)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is encrypted with " + second);
  }

  @Test
  void cleaningBringsTheFirstKeyAndTakesTheLastOneAway() throws IOException {
    EncryptionKey key = EncryptionKey.random();
    rotate(FileEncryption.none(), FileEncryption.with(key));
    try (FileTier tier = durable(new FileEncryption(Optional.empty(), List.of(key)))) {
      recover(tier);
      cleanAll(tier);
    }
    try (FileTier tier = durable(FileEncryption.none())) {
      recover(tier);
      readAll();
    }
  }

  private void rotate(FileEncryption from, FileEncryption to) throws IOException {
    try (FileTier tier = durable(from)) {
      tier.log().orElseThrow().savePools(List.of(), 2);
      putAll();
      assertThat(tier.stats().outdatedKeyBytes()).isZero();
      tier.log().orElseThrow().markClean(OBJECTS);
    }
    try (FileTier tier = durable(to)) {
      recover(tier);
      readAll();
      assertThat(tier.stats().outdatedKeyBytes()).isGreaterThan(OBJECTS * ZpageHeader.BYTES);
      cleanAll(tier);
      readAll();
      tier.log().orElseThrow().markClean(OBJECTS);
    }
  }

  // Forbidden: a header without payload in a segment, whose sums, index rows and highest generation
  // are those of the damage.
  @ParameterizedTest
  @ValueSource(ints = {4, 15, ZpageHeader.BYTES})
  void aZpageDamagedOnItsWayIsNotWrittenToSurvive(int where) throws IOException {
    try (FileTier tier = durable(FileEncryption.ephemeral())) {
      putAll();
      batch.clear();
      for (long object = 0; object < 50; object++) {
        host.add(batch, object);
      }
      int at = batch.offset(20) + where;
      batch.data().put(at, (byte) (batch.data().get(at) ^ 64));
      assertThatThrownBy(() -> tier.store(batch))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("damaged in memory");
      readAll();
      batch.data().put(at, (byte) (batch.data().get(at) ^ 64));
      assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
      host.publish(batch);
      readAll();
      SpaceOracle.check(tier, settings, host);
    }
  }

  private static void cleanAll(FileTier tier) throws IOException {
    for (int step = 0; step < 50 && tier.stats().outdatedKeyBytes() > 0; step++) {
      tier.log().orElseThrow().beginSync();
      tier.log().orElseThrow().endSync();
      tier.maintain();
    }
    assertThat(tier.stats().outdatedKeyBytes()).isZero();
  }
}
