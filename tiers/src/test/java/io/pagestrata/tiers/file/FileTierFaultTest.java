// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static io.pagestrata.tiers.file.FaultyFiles.BROKEN;
import static io.pagestrata.tiers.file.FaultyFiles.NO_SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken media below a file tier (hazards H6, H27, H29): never a lost page, never half a batch. */
class FileTierFaultTest {
  private final MemoryFiles memory = new MemoryFiles();
  private final FaultyFiles files = new FaultyFiles(memory);
  private final FileTierSettings settings = FileTierModelTest.settings(Path.of("x"), 12, false);
  private final AtomicLong clock = new AtomicLong();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private FileTier tier;

  @BeforeEach
  void open() throws IOException {
    tier = new FileTier(settings, clock::get, files);
    host.use(tier);
  }

  @AfterEach
  void close() {
    files.heal();
    tier.close();
    assertThat(memory.openFiles).hasValue(0);
    assertThat(memory.list()).isEmpty();
  }

  private static long[] objects(long from) {
    return LongStream.range(from, from + 40).toArray();
  }

  @Test
  void completesShortWrites() throws IOException {
    files.shortenWrites(1000);
    host.put(batch, objects(0));
    host.put(batch, objects(20));
    SpaceOracle.check(tier, settings, host);
    assertThat(tier.stats().errors()).isZero();
  }

  @Test
  void failsAWriteThatTakesNothing() throws IOException {
    host.put(batch, objects(0));
    files.shortenWrites(0);
    assertThatThrownBy(() -> host.store(batch, objects(40)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("segment-00000001.pss")
        .hasMessageContaining("takes no more bytes");
    files.heal();
    SpaceOracle.check(tier, settings, host);
  }

  // Forbidden: a tier that waits for a write to succeed, which finds no room, which cleaning would
  // make, which waits for the tier.
  @Test
  void aFullTierThatIsReadOnlyCleansWhenItMayTryAgain() throws IOException {
    long first = 0;
    while (host.store(batch, objects(first)) == TierOutcome.STORED) {
      host.publish(batch);
      first += 40;
    }
    host.objects().stream().filter(object -> object % 4 != 0).forEach(host::remove);
    files.fail(Operation.WRITE, 0, Integer.MAX_VALUE, BROKEN);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> cleanAll()).isInstanceOf(IOException.class);
    }
    assertThat(tier.stats().state()).isEqualTo(TierState.READ_ONLY);
    files.heal();
    cleanAll();
    assertThat(host.store(batch, objects(first))).isEqualTo(TierOutcome.READ_ONLY);
    clock.addAndGet(settings.readOnlyRetry().toNanos());
    assertThat(host.store(batch, objects(first))).isEqualTo(TierOutcome.FULL);
    cleanAll();
    host.put(batch, objects(first));
    assertThat(tier.stats().state()).isEqualTo(TierState.OPEN);
  }

  private void cleanAll() throws IOException {
    for (int step = 0; step < 1000; step++) {
      tier.maintain();
    }
  }

  /** The torn write stays invisible; the batch lands whole in a new segment. */
  @Test
  void goesOnInANewSegmentAfterOneFault() throws IOException {
    host.put(batch, objects(0));
    files.fail(Operation.WRITE, 0, 1, BROKEN);
    host.put(batch, objects(40));
    assertThat(tier.describe(host.table.get(40L).locator())).startsWith("segment-00000002.pss");
    assertThat(tier.stats().errors()).isEqualTo(1);
    SpaceOracle.check(tier, settings, host);
    assertThat(memory.totalBytes()).isEqualTo(tier.stats().usedBytes());
  }

  @Test
  void turnsReadOnlyAfterRepeatedFaultsAndTriesAgainLater() throws IOException {
    host.put(batch, objects(0));
    files.fail(Operation.WRITE, 0, 1000, NO_SPACE);
    for (int i = 0; i < 3; i++) {
      assertThat(tier.stats().state()).isEqualTo(TierState.OPEN);
      assertThatThrownBy(() -> host.store(batch, objects(40)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(NO_SPACE);
    }
    assertThat(tier.stats().state()).isEqualTo(TierState.READ_ONLY);
    long writes = files.count(Operation.WRITE);
    assertThat(host.store(batch, objects(40))).isEqualTo(TierOutcome.READ_ONLY);
    assertThat(files.count(Operation.WRITE)).as("no write is tried").isEqualTo(writes);
    assertThat(tier.maintain()).isZero();
    SpaceOracle.check(tier, settings, host);

    clock.addAndGet(settings.readOnlyRetry().toNanos());
    assertThatThrownBy(() -> host.store(batch, objects(40))).isInstanceOf(IOException.class);
    assertThat(host.store(batch, objects(40))).isEqualTo(TierOutcome.READ_ONLY);

    files.heal();
    assertThat(host.store(batch, objects(40))).isEqualTo(TierOutcome.READ_ONLY);
    clock.addAndGet(settings.readOnlyRetry().toNanos());
    host.put(batch, objects(40));
    assertThat(tier.stats().state()).isEqualTo(TierState.OPEN);
    SpaceOracle.check(tier, settings, host);
  }

  /**
   * One run counts the operations; then each of them fails once in a run of its own. Whatever was
   * stored stays, whatever failed left nothing.
   */
  @Test
  void survivesAFaultAtEveryWrite() throws IOException {
    for (Operation operation : new Operation[] {Operation.WRITE, Operation.CREATE}) {
      for (int k = 0; k < 40; k++) {
        MemoryFiles fresh = new MemoryFiles();
        FaultyFiles faulty = new FaultyFiles(fresh);
        PlainHost model = new PlainHost();
        try (FileTier own = new FileTier(settings, clock::get, faulty)) {
          model.use(own);
          faulty.fail(operation, k, 2, BROKEN);
          Random random = new Random(k);
          for (int round = 0; round < 60; round++) {
            long[] objects = random.longs(50, 0, 1500).distinct().toArray();
            try {
              model.put(batch, objects);
            } catch (IOException expected) {
              assertThat(expected).hasMessageContaining(BROKEN);
            }
            try {
              own.maintain();
            } catch (IOException expected) {
              assertThat(expected).hasMessageContaining(BROKEN);
            }
          }
          SpaceOracle.check(own, settings, model);
        }
        assertThat(fresh.list()).isEmpty();
        assertThat(fresh.openFiles).hasValue(0);
      }
    }
  }

  /** A segment whose footer could not be written is readable and can be cleaned. */
  @Test
  void cleansASegmentWithoutFooter() throws IOException {
    long object = 0;
    while (files.count(Operation.CREATE) < 1) {
      host.put(batch, objects(object));
      object += 40;
    }
    host.put(batch, objects(object));
    object += 40;
    files.fail(Operation.WRITE, 0, 2, BROKEN); // the batch, then the footer
    host.put(batch, objects(object));
    assertThat(tier.describe(host.table.get(object).locator())).startsWith("segment-00000002");
    for (long dead = 0; dead < object; dead += 2) {
      host.remove(dead);
    }
    while (tier.maintain() > 0) {
      // until there is nothing to do
    }
    assertThat(memory.list()).doesNotContain("segment-00000001.pss");
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void namesFileAndOffsetOfAFailedRead() throws IOException {
    host.put(batch, objects(0));
    ByteBuffer scratch = AlignedBuffers.allocate(tier.scratchBytes());
    long locator = host.table.get(3L).locator();
    files.fail(Operation.READ, 0, 1, BROKEN);
    assertThatThrownBy(() -> tier.read(locator, scratch, (m, offset, available) -> 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(tier.describe(locator))
        .hasMessageContaining(BROKEN);
    assertThat(tier.read(locator, scratch, (m, offset, available) -> 1)).isEqualTo(1);
    assertThat(tier.stats().errors()).isEqualTo(1);
  }

  @Test
  void namesFileAndOffsetOfAFileThatWasCutOff() throws IOException {
    host.put(batch, objects(0));
    ByteBuffer scratch = AlignedBuffers.allocate(tier.scratchBytes());
    long locator = host.table.get(39L).locator();
    memory.cut("segment-00000001.pss", 5000);
    assertThatThrownBy(() -> tier.read(locator, scratch, (m, offset, available) -> 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(tier.describe(locator))
        .hasMessageContaining("ends at byte");
  }

  /** Damage of one record shows in its own checksum and in no other. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5, 12, 31, 32})
  void showsAFlippedBitInOneRecordOnly(int offsetInRecord) throws IOException {
    host.put(batch, objects(0));
    CRC32C crc = new CRC32C();
    ByteBuffer scratch = AlignedBuffers.allocate(tier.scratchBytes());
    FileLocators locators = new FileLocators(16, settings.segmentBytes());
    memory.flipBit(
        "segment-00000001.pss", locators.offset(host.table.get(7L).locator()) + offsetInRecord);
    for (long object = 0; object < 40; object++) {
      int whole =
          tier.read(
              host.table.get(object).locator(),
              scratch,
              (m, offset, available) -> ZpageHeader.verify(m, offset, available, crc) ? 1 : 0);
      assertThat(whole).isEqualTo(object == 7 ? 0 : 1);
    }
  }

  /** A file that cannot be deleted stays charged and is tried again. */
  @Test
  void triesDeletionAgain() throws IOException {
    long object = 0;
    while (memory.list().size() < 2) {
      host.put(batch, objects(object));
      object += 40;
    }
    files.fail(Operation.DELETE, 0, 1, BROKEN);
    for (long dead = 0; dead < object - 40; dead++) {
      host.remove(dead);
    }
    assertThat(tier.maintain()).isZero();
    assertThat(memory.list()).hasSize(2);
    assertThat(tier.stats().usedBytes()).isEqualTo(memory.totalBytes());
    assertThat(tier.maintain()).isPositive();
    assertThat(memory.list()).hasSize(1);
  }
}
