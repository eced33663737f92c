// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.file.FaultyFiles;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import io.pagestrata.writeback.promotion.Promotion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk is full, breaks or takes part of a write, at any step of a writeback. The pages stay
 * readable above; once the disk is well again they go down; nothing leaks on the way.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H27_mediumFails {
  private static final int PAGES = 1000;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
  private FaultyFiles files;
  private SmallStore small;
  private Pool pool;

  @BeforeEach
  void open() {
    small =
        SmallStore.options()
            .promotion(Promotion.NEVER)
            .putWait(Duration.ofSeconds(60))
            .files(real -> files = new FaultyFiles(real))
            .open(directory);
    pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    for (int i = 0; i < PAGES; i++) {
      assertThat(put(i)).isEqualTo(PutOutcome.STORED);
    }
  }

  @AfterEach
  void close() {
    small.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 8})
  void aWriteFails(int skip) throws InterruptedException {
    files.fail(Operation.WRITE, skip, 1, FaultyFiles.BROKEN);
    small.store().writeBack(WritebackRequest.everything());
    assertEveryPageIsThere();
    assertThat(small.check()).isEqualTo(PAGES);
    goesDownOnceTheDiskIsWell();
  }

  @Test
  void theDiskIsFullForAWhile() throws InterruptedException {
    files.fail(Operation.WRITE, 0, Long.MAX_VALUE / 2, FaultyFiles.NO_SPACE);
    files.fail(Operation.CREATE, 0, Long.MAX_VALUE / 2, FaultyFiles.NO_SPACE);
    small.store().writeBack(WritebackRequest.everything());
    assertEveryPageIsThere();
    assertThat(small.store().stats().writeback().demotedPages()).isZero();
    assertThat(small.check()).isEqualTo(PAGES);
    goesDownOnceTheDiskIsWell();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Disk quota exceeded", "Input/output error", "Read-only file system"})
  void noChangeIsTaken(String error) throws InterruptedException {
    for (Operation change : Operation.values()) {
      if (change != Operation.READ) {
        files.fail(change, 0, Long.MAX_VALUE / 2, error);
      }
    }
    try (LogLines log = new LogLines("pagestrata.writeback")) {
      small.store().writeBack(WritebackRequest.everything());
      assertThat(small.store().stats().tiers().get(1).errors()).isPositive();
      assertThat(small.store().stats().writeback().failedBatches()).isPositive();
      String line = log.next();
      while (!line.startsWith("ERROR")) {
        line = log.next();
      }
      assertThat(line).contains("tier-error", "tier=file", error);
    }
    assertEveryPageIsThere();
    assertThat(small.store().stats().writeback().demotedPages()).isZero();
    assertThat(small.check()).isEqualTo(PAGES);
    goesDownOnceTheDiskIsWell();
  }

  @Test
  void writesComeOutShort() throws InterruptedException {
    files.shortenWrites(1000);
    small.store().writeBack(WritebackRequest.everything());
    assertEveryPageIsThere();
    assertThat(small.check()).isEqualTo(PAGES);
    goesDownOnceTheDiskIsWell();
  }

  @Test
  void aReadFailsOnce() throws InterruptedException {
    small.store().writeBack(WritebackRequest.everything());
    files.fail(Operation.READ, 0, 1, FaultyFiles.BROKEN);
    assertThatThrownBy(() -> get(5))
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining("page 5 ")
        .hasMessageContaining("file")
        .hasMessageContaining(FaultyFiles.BROKEN);
    assertThat(get(5)).isEqualTo(pages.page(5));
    assertThat(small.check()).isEqualTo(PAGES);
  }

  private void goesDownOnceTheDiskIsWell() throws InterruptedException {
    files.heal();
    // A request fails as a whole when the tier is still in its trial time after many faults.
    while (small.store().stats().tiers().get(0).zpages() > 0) {
      small.store().writeBack(WritebackRequest.everything());
    }
    assertEveryPageIsThere();
    assertThat(small.check()).isEqualTo(PAGES);
    small.store().flushObject(pool, 0);
    assertThat(small.check()).isZero();
  }

  private void assertEveryPageIsThere() {
    for (int i = 0; i < PAGES; i++) {
      assertThat(get(i)).as("page %d", i).isEqualTo(pages.page(i));
    }
  }

  private PutOutcome put(int index) {
    return small.store().put(pool, 0, index, pages.page(index), 0);
  }

  private byte[] get(int index) {
    return PageBuffers.DIRECT.get(small.store(), pool, 0, index, SmallStore.PAGE_BYTES);
  }
}
