// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a file tier does when nothing is broken. */
class FileTierTest {
  private final MemoryFiles files = new MemoryFiles();
  private final FaultyFiles counting = new FaultyFiles(files);
  private final FileTierSettings settings = FileTierModelTest.settings(Path.of("x"), 6, false);
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private final CRC32C crc = new CRC32C();
  private FileTier tier;
  private ByteBuffer scratch;

  @BeforeEach
  void open() throws IOException {
    tier = new FileTier(settings, System::nanoTime, counting);
    host.use(tier);
    scratch = AlignedBuffers.allocate(tier.scratchBytes());
  }

  @AfterEach
  void close() {
    tier.close();
    assertThat(files.openFiles).hasValue(0);
  }

  @Test
  void aBatchIsOneWriteAndARefaultIsOneReadOfTheRecord() throws IOException {
    host.put(batch, 0);
    long writes = counting.count(FaultyFiles.Operation.WRITE);
    host.put(batch, LongStream.range(1, 40).toArray());
    assertThat(counting.count(FaultyFiles.Operation.WRITE)).isEqualTo(writes + 1);

    long recordBytes = batch.offset(8) - batch.offset(7);
    TierStats before = tier.stats();
    assertThat(host.read(8, scratch, crc)).isTrue();
    assertThat(tier.stats().reads()).isEqualTo(before.reads() + 1);
    assertThat(tier.stats().readBytes()).isEqualTo(before.readBytes() + recordBytes);
  }

  @Test
  void countsEveryByte() throws IOException {
    host.put(batch, LongStream.range(0, 40).toArray());
    TierStats stats = tier.stats();
    assertThat(stats.zpages()).isEqualTo(40);
    assertThat(stats.zpageBytes()).isEqualTo(batch.bytes());
    assertThat(stats.storedZpages()).isEqualTo(40);
    assertThat(stats.storedBytes()).isEqualTo(batch.payloadBytes() + 40 * ZpageHeader.BYTES);
    assertThat(stats.writtenBytes()).isEqualTo(SegmentFormat.HEADER_BYTES + batch.bytes());
    assertThat(stats.usedBytes()).isEqualTo(files.totalBytes()).isEqualTo(stats.writtenBytes());
    assertThat(stats.limitBytes()).isEqualTo(settings.maxBytes());
    assertThat(stats.state()).isEqualTo(TierState.OPEN);
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void holdsPayloadWithLittleBesideIt() throws IOException {
    long payloadBytes = 0;
    long[] objects = LongStream.range(0, 60).toArray();
    for (int i = 0; i < 20; i++) {
      batch.clear();
      for (long object : objects) {
        host.add(batch, object + i * 60, 1468);
      }
      assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
      host.publish(batch);
      payloadBytes += batch.payloadBytes();
    }
    assertThat((double) files.totalBytes() / payloadBytes).isLessThan(1.04);
  }

  @Test
  void describesAPlace() throws IOException {
    host.put(batch, 1, 2);
    assertThat(tier.describe(host.table.get(1L).locator()))
        .isEqualTo("segment-00000001.pss offset 4096");
  }

  @Test
  void storesAnEmptyBatchAsNothing() throws IOException {
    assertThat(host.store(batch)).isEqualTo(TierOutcome.STORED);
    assertThat(files.list()).isEmpty();
  }

  @Test
  void refusesABatchThatIsTooLargeForASegment() {
    ZpageBatch large = PlainHost.newBatch(200);
    while (large.bytes() <= settings.maxBatchBytes()) {
      host.add(large, 1);
    }
    assertThatThrownBy(() -> tier.store(large)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void deletesASegmentWhenItsLastRecordDies() throws IOException {
    long object = 0;
    while (files.list().size() < 2) {
      host.put(batch, LongStream.range(object, object += 60).toArray());
    }
    long inSecond = object - 60;
    int freed = host.spaceFreed.get();
    for (long dead = 0; dead < inSecond; dead++) {
      host.remove(dead);
    }
    assertThat(host.spaceFreed.get()).isGreaterThan(freed);
    assertThat(tier.maintain()).isPositive();
    assertThat(files.list()).containsExactly("segment-00000002.pss");
    SpaceOracle.check(tier, settings, host);
  }

  /** A reader inside a segment keeps its file; a second look finds it gone. */
  @Test
  void keepsAPinnedSegmentUntilTheReaderLeaves() throws IOException {
    long object = 0;
    while (files.list().size() < 2) {
      host.put(batch, LongStream.range(object, object += 60).toArray());
    }
    long inSecond = object - 60;
    long locator = host.table.get(0L).locator();
    int result =
        tier.read(
            locator,
            scratch,
            (memory, offset, available) -> {
              for (long dead = 0; dead < inSecond; dead++) {
                host.remove(dead);
              }
              try {
                tier.maintain();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              assertThat(files.list()).hasSize(2);
              return 5;
            });
    assertThat(result).isEqualTo(5);
    assertThat(tier.read(locator, scratch, (memory, offset, available) -> 6)).isEqualTo(Tier.GONE);
    tier.maintain();
    assertThat(files.list()).hasSize(1);
    assertThat(tier.read(locator, scratch, (memory, offset, available) -> 6)).isEqualTo(Tier.GONE);
    assertThat(tier.describe(locator)).startsWith("deleted segment");
  }

  /** The reserve stays free for the cleaner; room comes back when pages die. */
  @Test
  void saysFullAndRecovers() throws IOException {
    long object = 0;
    TierOutcome outcome;
    while ((outcome = host.store(batch, LongStream.range(object, object + 60).toArray()))
        == TierOutcome.STORED) {
      host.publish(batch);
      object += 60;
    }
    assertThat(outcome).isEqualTo(TierOutcome.FULL);
    assertThat(tier.stats().state()).isEqualTo(TierState.FULL);
    assertThat(tier.stats().refusals()).isEqualTo(1);
    assertThat(host.pressure.get()).isPositive();
    long reserveBytes = (long) settings.reserveSegments() * settings.segmentBytes();
    assertThat(tier.stats().usedBytes()).isLessThanOrEqualTo(settings.maxBytes() - reserveBytes);
    assertThat(tier.maintain()).as("nothing dead, nothing to clean").isZero();
    SpaceOracle.check(tier, settings, host);

    for (long dead = 0; dead < object; dead += 2) {
      host.remove(dead);
    }
    while (tier.maintain() > 0) {
      // until there is nothing to do
    }
    assertThat(tier.stats().state()).isEqualTo(TierState.OPEN);
    host.put(batch, LongStream.range(object, object + 60).toArray());
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void aSecondFreeIsFoundOut() throws IOException {
    host.put(batch, 1);
    long locator = host.table.get(1L).locator();
    tier.free(locator);
    assertThatThrownBy(() -> tier.free(locator))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("segment-00000001.pss offset 4096")
        .hasMessageContaining("freed twice");
    host.table.remove(1L);
    SpaceOracle.check(tier, settings, host);
  }

  @Test
  void aFreeInADeletedSegmentIsFoundOut() throws IOException {
    long object = 0;
    while (files.list().size() < 2) {
      host.put(batch, LongStream.range(object, object += 60).toArray());
    }
    long locator = host.table.get(0L).locator();
    for (long dead = 0; dead < object - 60; dead++) {
      host.remove(dead);
    }
    assertThatThrownBy(() -> tier.free(locator)).isInstanceOf(IllegalStateException.class);
    assertThat(tier.maintain()).isPositive();
    assertThat(files.list()).hasSize(1);
    assertThatThrownBy(() -> tier.free(locator))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("offset 4096");
  }

  @Test
  void answersAfterClose() throws IOException {
    host.put(batch, 1);
    tier.close();
    assertThat(host.store(batch, 2)).isEqualTo(TierOutcome.CLOSED);
    long locator = host.table.get(1L).locator();
    assertThat(tier.read(locator, scratch, (memory, offset, available) -> 6)).isEqualTo(Tier.GONE);
    tier.free(locator);
    assertThat(tier.maintain()).isZero();
    assertThat(tier.stats().state()).isEqualTo(TierState.CLOSED);
    assertThat(files.list()).isEmpty();
    tier.close();
  }
}
