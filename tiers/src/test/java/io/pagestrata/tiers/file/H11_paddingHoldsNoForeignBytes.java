// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hazard H11: the tail of a short object was not cleared, so old memory contents reached the disk.
 *
 * <p>All memory that a tier is given is filled with a canary first; no canary may be in its files.
 */
class H11_paddingHoldsNoForeignBytes {
  private static final byte CANARY = (byte) 0xc7;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noCanaryReachesAFile(boolean directIo) throws IOException {
    FileTierSettings settings = FileTierModelTest.settings(Path.of("x"), 8, directIo);
    FileLocators locators = new FileLocators(16, settings.segmentBytes());
    MemoryFiles files = new MemoryFiles();
    PlainHost host = new PlainHost();
    try (FileTier tier = new FileTier(settings, System::nanoTime, files)) {
      host.use(tier);
      ByteBuffer memory = ByteBuffer.allocateDirect(100_000);
      ZpageBatch batch = new ZpageBatch(memory, PlainHost.PAGE_BYTES);
      for (int round = 0; files.list().size() < 3; round++) {
        for (int i = 0; i < memory.capacity(); i++) {
          memory.put(i, CANARY);
        }
        batch.clear();
        while (host.add(batch, round, 1 + round % 50) > 0) {
          // until the batch is full
        }
        assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
        byte[] file = files.bytes(tier.describe(batch.toLocator(0)).split(" ")[0]);
        int used = 32 + (1 + round % 50);
        for (int i = 0; i < batch.count(); i++) {
          int start = (int) locators.offset(batch.toLocator(i));
          int next = start + locators.bytes(batch.toLocator(i));
          boolean last = i + 1 == batch.count();
          assertZero(file, start + used, last ? file.length : next);
        }
        assertThat(file.length % settings.blockBytes()).isZero();
      }
    }
  }

  private static void assertZero(byte[] file, int from, int to) {
    assertThat(Arrays.mismatch(file, from, to, new byte[to - from], 0, to - from))
        .as("first foreign byte behind %d", from)
        .isNegative();
  }
}
