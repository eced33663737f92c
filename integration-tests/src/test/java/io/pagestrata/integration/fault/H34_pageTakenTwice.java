// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.Storm;
import io.pagestrata.integration.support.VersionedPages;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takers fight for each version of a page while writeback moves it. Each version must be handed to
 * exactly one of them, and the page must be freed once.
 */
class H34_pageTakenTwice {
  private static final int VERSIONS = 4000;

  @TempDir private Path directory;

  @Test
  void everyVersionGoesToExactlyOneTaker() throws Exception {
    try (SmallStore small = SmallStore.open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      Set<Long> taken = ConcurrentHashMap.newKeySet();
      AtomicLong takes = new AtomicLong();
      AtomicLong version = new AtomicLong();
      Storm storm = new Storm();
      for (int t = 0; t < 2; t++) {
        ByteBuffer own = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
        storm.repeat(
            () -> {
              if (store.take(pool, 0, 0, own)) {
                taken.add(VersionedPages.read(own, 0));
                takes.incrementAndGet();
              }
            });
      }
      storm.repeat(() -> store.writeBack(WritebackRequest.everything()));
      ByteBuffer own = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
      storm.during(
          VERSIONS,
          () -> {
            VersionedPages.write(own, 0, version.incrementAndGet());
            assertThat(store.put(pool, 0, 0, own)).isEqualTo(PutOutcome.STORED);
            while (store.stats().pages() != 0) {
              Thread.onSpinWait();
            }
          });
      assertThat(takes.get()).isEqualTo(VERSIONS);
      assertThat(taken).hasSize(VERSIONS);
      assertThat(small.check()).isZero();
    }
  }
}
