// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory belongs to one store at a time. */
class OneOwnerTest {
  @TempDir private Path directory;

  // A second store would overwrite the segments of the first. It must be refused with the name of
  // the directory, must not harm the first, and must leave nothing behind.
  @Test
  void aSecondStoreOnADirectoryIsRefused() throws InterruptedException {
    byte[] page = RealPages.of(SmallStore.PAGE_BYTES).page(1);
    try (SmallStore first = SmallStore.open(directory)) {
      Pool pool = first.store().createPool("swap", PoolKind.PERSISTENT);
      first.store().put(pool, 0, 0, page, 0);
      first.store().writeBack(WritebackRequest.everything());

      assertThatThrownBy(() -> SmallStore.open(directory).close())
          .hasMessageContaining(directory.toString());

      assertThat(PageBuffers.HEAP.get(first.store(), pool, 0, 0, SmallStore.PAGE_BYTES))
          .isEqualTo(page);
      assertThat(first.check()).isEqualTo(1);
    }
    try (SmallStore next = SmallStore.open(directory)) {
      assertThat(next.check()).isZero();
    }
  }
}
