// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.PageVisitor.Place;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.writeback.promotion.Promotion;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A put over a page is refused, wherever the page rests: in RAM, in the RAM tier below, on disk, or
 * in RAM and on disk. A persistent page keeps its content; an ephemeral one is gone from every
 * tier.
 */
class H05_refusedPutAtEveryTier {
  private static final int PAGES = 20;

  @TempDir private Path directory;
  private final ByteBuffer page = ByteBuffer.allocate(SmallStore.PAGE_BYTES);

  private enum Rest {
    RAM(0, -1) {
      @Override
      void bring(SmallStore small, Pool pool) {}
    },
    DENSE(1, -1) {
      @Override
      void bring(SmallStore small, Pool pool) throws InterruptedException {
        small.store().writeBack(new WritebackRequest(0, Long.MAX_VALUE, Duration.ZERO));
      }
    },
    FILE(2, -1) {
      @Override
      void bring(SmallStore small, Pool pool) throws InterruptedException {
        small.sink();
      }
    },
    BACKED(0, 2) {
      @Override
      void bring(SmallStore small, Pool pool) throws InterruptedException {
        small.sink();
        assertThat(small.store().prefetch(pool, 0, 0, PAGES)).isEqualTo(PAGES);
      }
    };

    final int tier;
    final int backingTier;

    Rest(int tier, int backingTier) {
      this.tier = tier;
      this.backingTier = backingTier;
    }

    abstract void bring(SmallStore small, Pool pool) throws InterruptedException;
  }

  @ParameterizedTest
  @EnumSource(Rest.class)
  void aPersistentPageKeepsItsContent(Rest rest) throws InterruptedException {
    refuse(PoolKind.PERSISTENT, rest);
  }

  @ParameterizedTest
  @EnumSource(Rest.class)
  void anEphemeralPageIsGone(Rest rest) throws InterruptedException {
    refuse(PoolKind.EPHEMERAL, rest);
  }

  private void refuse(PoolKind kind, Rest rest) throws InterruptedException {
    try (SmallStore small =
        SmallStore.options()
            .denseBytes(8 << 20)
            .promotion(Promotion.ALWAYS)
            .policies(
                new StorePolicies(
                    EphemeralPages.WRITE_BACK, IncompressiblePages.REFUSE_TO_RAM, List.of()))
            .open(directory)) {
      Pool pool = small.store().createPool("pages", kind);
      for (int i = 0; i < PAGES; i++) {
        VersionedPages.write(page, i, 1);
        assertThat(small.store().put(pool, 0, i, page)).isEqualTo(PutOutcome.STORED);
      }
      rest.bring(small, pool);
      assertThat(places(small))
          .hasSize(PAGES)
          .allMatch(place -> place.tier() == rest.tier && place.backingTier() == rest.backingTier);
      Random random = new Random(5);
      for (int i = 0; i < PAGES; i++) {
        byte[] newer = RealPages.incompressible(SmallStore.PAGE_BYTES, random);
        assertThat(small.store().put(pool, 0, i, newer, 0))
            .isEqualTo(PutOutcome.REFUSED_INCOMPRESSIBLE);
        boolean stays = kind == PoolKind.PERSISTENT;
        assertThat(small.store().get(pool, 0, i, page)).isEqualTo(stays);
        if (stays) {
          assertThat(VersionedPages.read(page, i)).isEqualTo(1);
        }
      }
      long left = kind == PoolKind.PERSISTENT ? PAGES : 0;
      assertThat(places(small)).hasSize((int) left);
      assertThat(small.check()).isEqualTo(left);
    }
  }

  private static List<Place> places(SmallStore small) {
    List<Place> places = new ArrayList<>();
    small.store().inspect((pool, object, index, place) -> places.add(place));
    return places;
  }
}
