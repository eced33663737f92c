// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Cleaning of segments that hold tombstones beside zpages. */
class TombstoneCleaningTest {
  private static final String FIRST = "segment-00000001.pss";
  private static final long REMOVED = 1 << 20;

  private final MemoryFiles memory = new MemoryFiles();
  private final FaultyFiles files = new FaultyFiles(memory);
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);

  private void appendTombstone(PageLog log, long object) throws IOException {
    appendTombstone(log, batch, object);
  }

  /** Writes that an object was removed at the generation of its number. */
  static void appendTombstone(PageLog log, ZpageBatch batch, long object) throws IOException {
    ByteBuffer record = ByteBuffer.allocateDirect(ZpageHeader.BYTES);
    ZpageHeader.write(
        record, 0, 1, object, 0, object, 0, ZpageHeader.FLAG_TOMBSTONE, PlainHost.PAGE_SHIFT, 0);
    ZpageHeader.seal(record, 0, new CRC32C());
    batch.clear();
    assertThat(batch.add(record, 0, ZpageHeader.BYTES, 0)).isTrue();
    assertThat(log.append(batch)).isEqualTo(TierOutcome.STORED);
  }

  // Forbidden: tombstones of a range that could not be read once, taken for settled because later
  // ones were; their segment would stay until the store is opened again.
  @Test
  void aRangeThatCouldNotBeReadOnceIsCleanedLater() throws IOException {
    try (FileTier tier =
        FileTier.durable(
            FileTierModelTest.settings(Path.of("x"), 12, false),
            FileEncryption.none(),
            0,
            System::nanoTime,
            files,
            FileWear.unlimited(),
            IndexMode.OFF)) {
      host.use(tier);
      PageLog log = tier.log().orElseThrow();
      log.recover((pool, object, index, generation, tombstone, locator) -> {});
      long objects = 0;
      while (memory.list().stream().filter(SegmentNames::isName).count() < 5) {
        host.put(batch, LongStream.range(objects, objects + 40).toArray());
        objects += 40;
        appendTombstone(log, REMOVED + objects);
      }
      for (long object = 0; object < objects; object++) {
        if (object % 8 != 0) {
          host.remove(object);
        }
      }
      files.fail(Operation.READ, 1, 1, FaultyFiles.BROKEN);
      assertThatThrownBy(
              () -> {
                while (tier.maintain() > 0) {
                  // until the range is met
                }
              })
          .isInstanceOf(IOException.class);
      for (int i = 0; i < 64; i++) {
        tier.maintain();
        log.beginSync();
        log.endSync();
      }
      assertThat(memory.list()).doesNotContain(FIRST);
    }
  }
}
