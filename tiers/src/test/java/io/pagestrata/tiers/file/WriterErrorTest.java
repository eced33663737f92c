// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Something that is no fault of the medium ends a write half way, such as want of memory. */
class WriterErrorTest {
  private static final FileTierSettings SETTINGS =
      FileTierModelTest.settings(Path.of("x"), 12, false);

  private final MemoryFiles memory = new MemoryFiles();
  private final FailingFiles files = new FailingFiles(memory);
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);

  /** Files whose writes throw an error, after the bytes are there. */
  private static final class FailingFiles extends ForwardingFiles {
    private boolean failing;

    FailingFiles(SegmentFiles files) {
      super(files);
    }

    @Override
    protected SegmentFile wrapped(SegmentFile file, String name) {
      return new ForwardingFile(file) {
        @Override
        public int write(ByteBuffer source, long offset) throws IOException {
          int written = super.write(source, offset);
          if (failing) {
            throw new OutOfMemoryError("of a test");
          }
          return written;
        }
      };
    }
  }

  private FileTier open() throws IOException {
    FileTier tier =
        FileTier.durable(
            SETTINGS,
            FileEncryption.none(),
            0,
            System::nanoTime,
            files,
            FileWear.unlimited(),
            IndexMode.OFF);
    host.use(tier);
    return tier;
  }

  private static long[] objects(long from) {
    return LongStream.range(from, from + 40).toArray();
  }

  private void begin(FileTier tier) throws IOException {
    tier.log().orElseThrow().recover((pool, object, index, generation, gone, locator) -> {});
    tier.log().orElseThrow().savePools(List.of(new SavedPool(1, "a", "default", false, false)), 2);
  }

  // Forbidden: records on the medium that count as alive though nobody has them, or a footer that
  // tells wrong places of the records behind them, which were acknowledged.
  @Test
  void aBatchThatCannotBeNotedIsNotWritten() throws IOException {
    try (FileTier tier = open()) {
      begin(tier);
      host.put(batch, objects(0));
      assertThatThrownBy(() -> tier.store(unreadableAtItsEnd()))
          .isInstanceOf(IndexOutOfBoundsException.class);
      SpaceOracle.check(tier, SETTINGS, host);
      host.put(batch, objects(40));
      tier.log().orElseThrow().markClean(1000);
    }
    try (FileTier tier = open()) {
      host.table.clear();
      tier.log()
          .orElseThrow()
          .recover(
              (pool, object, index, generation, gone, locator) ->
                  host.table.put(object, new PlainHost.Place(locator, generation)));
      assertThat(host.table).hasSize(80);
      SpaceOracle.check(tier, SETTINGS, host);
    }
  }

  /** A batch whose last zpage has a payload that begins behind the end of its buffer. */
  private ZpageBatch unreadableAtItsEnd() {
    int first = ZpageHeader.BYTES + PlainHost.PAGE_BYTES;
    ByteBuffer data = ByteBuffer.allocateDirect(first + ZpageHeader.BYTES);
    ZpageBatch broken = new ZpageBatch(data, PlainHost.PAGE_BYTES);
    assertThat(host.add(broken, 1000, PlainHost.PAGE_BYTES)).isPositive();
    ByteBuffer header = ByteBuffer.allocateDirect(ZpageHeader.BYTES);
    ZpageHeader.write(
        header, 0, 1, 1001, 0, 500, PageCodec.ZSTD_DICTIONARY_ID, 0, PlainHost.PAGE_SHIFT, 2);
    assertThat(broken.add(header, 0, ZpageHeader.BYTES, 0)).isTrue();
    return broken;
  }

  // Forbidden: another record at a place where one may have been written with the same nonce.
  @Test
  void whatFollowsAnErrorIsWrittenElsewhere() throws IOException {
    try (FileTier tier = open()) {
      begin(tier);
      host.put(batch, objects(0));
      files.failing = true;
      assertThatThrownBy(() -> host.store(batch, objects(40))).isInstanceOf(OutOfMemoryError.class);
      files.failing = false;
      host.put(batch, objects(80));
      assertThat(tier.describe(batch.toLocator(0))).startsWith("segment-00000002.pss");
      SpaceOracle.check(tier, SETTINGS, host);
    }
  }

  // Forbidden: slots and bytes of segments that were never made, so that the tier is full at last.
  @Test
  void aSegmentThatCannotBeMadeTakesNothing() throws IOException {
    try (FileTier tier = open()) {
      begin(tier);
      for (int i = 0; i < 2 * tier.segments().slotCount(); i++) {
        files.failing = true;
        assertThatThrownBy(() -> host.store(batch, objects(0)))
            .isInstanceOf(OutOfMemoryError.class);
        files.failing = false;
        assertThat(tier.stats().usedBytes()).isZero();
      }
      assertThat(host.store(batch, objects(0))).isEqualTo(TierOutcome.STORED);
      host.publish(batch);
      SpaceOracle.check(tier, SETTINGS, host);
    }
  }
}
