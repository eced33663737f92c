// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.Chains;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.ReferenceModel;
import io.pagestrata.integration.support.ReferenceModel.Key;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on more pages than the RAM tier holds, each answer compared with a plain map.
 * Writeback runs all the time, so pages are overwritten, taken and removed while they are on their
 * way down.
 */
@ExtendWith(SeededRandom.class)
class RandomOperationsTest {
  private static final int OBJECTS = 6;
  private static final int INDEXES = 1500;
  private static final int LEAST_INDEXES = 250;
  private static final int STEPS_WITH_LARGE_PAGES = 5_000;
  private static final PageBuffers[] KINDS = PageBuffers.values();

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(Chains.class)
  void answersAreThoseOfAMap(Chains chain, Random random) throws InterruptedException {
    run(chain.options(), SmallStore.PAGE_BYTES, 15_000, random);
  }

  @ParameterizedTest
  @EnumSource(Chains.class)
  @Tag("stress")
  void answersAreThoseOfAMapForLong(Chains chain, Random random) throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      run(chain.options(), SmallStore.PAGE_BYTES, 250_000, random);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8 << 10, 16 << 10, 32 << 10, 64 << 10})
  void pagesOfEverySizeGoThroughEveryTier(int pageBytes, Random random)
      throws InterruptedException {
    int times = pageBytes / SmallStore.PAGE_BYTES;
    SmallStore.Options options =
        Chains.RAM_COLD_DENSE_FILE_SHARED
            .options()
            .pageBytes(pageBytes)
            .ramBytes((1 + times / 2) * (2L << 20))
            .denseBytes((1 + times / 2) * (2L << 20))
            .fileBytes(128 << 20);
    run(options, pageBytes, STEPS_WITH_LARGE_PAGES, random);
  }

  private void run(SmallStore.Options options, int pageBytes, int steps, Random random)
      throws InterruptedException {
    int indexes = Math.max(LEAST_INDEXES, INDEXES * SmallStore.PAGE_BYTES / pageBytes);
    ReferenceModel model = new ReferenceModel();
    RealPages pages = RealPages.of(pageBytes);
    try (SmallStore small = options.open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      for (int i = 0; i < steps; i++) {
        step(small, pool, model, pages, indexes, random);
      }
      assertSame(small, pool, model);
      assertThat(small.check()).isEqualTo(model.size());
      assertThat(small.store().stats().writeback().writtenPages()).isPositive();

      for (int object = 0; object < OBJECTS; object++) {
        small.store().flushObject(pool, object);
      }
      assertThat(small.check()).isZero();
    }
  }

  private void step(
      SmallStore small,
      Pool pool,
      ReferenceModel model,
      RealPages pages,
      int indexes,
      Random random)
      throws InterruptedException {
    long object = random.nextInt(OBJECTS);
    // Squared, so that low indexes are hot.
    int index = (int) (random.nextDouble() * random.nextDouble() * indexes);
    Key key = new Key(pool.id(), object, index);
    PageBuffers kind = KINDS[random.nextInt(KINDS.length)];
    int choice = random.nextInt(1000);
    if (choice < 480) {
      byte[] page = pages.mixed(random);
      assertThat(kind.put(small.store(), pool, object, index, page)).isEqualTo(PutOutcome.STORED);
      model.put(key, page);
    } else if (choice < 880) {
      byte[] got = kind.get(small.store(), pool, object, index, small.pageBytes());
      assertThat(got).as("%s", key).isEqualTo(model.get(key));
    } else if (choice < 940) {
      byte[] got = kind.take(small.store(), pool, object, index, small.pageBytes());
      assertThat(got).as("%s", key).isEqualTo(model.get(key));
      model.remove(key);
    } else if (choice < 985) {
      assertThat(small.store().flush(pool, object, index)).isEqualTo(model.remove(key));
    } else if (choice < 996) {
      int count = 1 + random.nextInt(40);
      long removed =
          model.removeIf(
              k -> k.object() == object && k.index() >= index && k.index() < index + count);
      assertThat(small.store().flushRange(pool, object, index, count)).isEqualTo(removed);
    } else if (choice < 999) {
      int tier = random.nextInt(small.hierarchy().tierCount() - 1);
      small.store().writeBack(new WritebackRequest(tier, 1 << 20, Duration.ZERO));
    } else {
      assertThat(small.store().flushObject(pool, object))
          .isEqualTo(model.removeIf(k -> k.object() == object));
    }
  }

  private static void assertSame(SmallStore small, Pool pool, ReferenceModel model) {
    for (int object = 0; object < OBJECTS; object++) {
      for (int index = 0; index < INDEXES; index++) {
        byte[] got = PageBuffers.DIRECT.get(small.store(), pool, object, index, small.pageBytes());
        assertThat(got)
            .as("object %d index %d", object, index)
            .isEqualTo(model.get(new Key(pool.id(), object, index)));
      }
    }
  }
}
