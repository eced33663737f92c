// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.PageVisitor;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.Damage;
import io.pagestrata.integration.support.DurablePages;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody takes the directory or a part of a segment away under a running store, on a real file
 * system. What can still be read is read, the rest is an error of its pages alone, and nothing is
 * said to survive that would not be found again.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H27_filesDisappear {
  private static final int PAGES = 1000;

  @TempDir private Path root;
  private Path directory;
  private final Random random = new Random(27);

  @BeforeEach
  void name() {
    directory = root.resolve("tier");
  }

  private SmallStore.Options options() {
    return SmallStore.options().readOnlyRetry(Duration.ZERO).promotion(Promotion.NEVER);
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private byte[][] fill(SmallStore small, Pool pool) {
    byte[][] contents = new byte[PAGES][];
    for (int i = 0; i < PAGES; i++) {
      contents[i] = RealPages.incompressible(SmallStore.PAGE_BYTES, random);
      assertThat(small.store().put(pool, 0, i, contents[i], 0).isStored()).isTrue();
    }
    return contents;
  }

  private static void assertRight(SmallStore small, Pool pool, byte[][] contents) {
    for (int i = 0; i < contents.length; i++) {
      assertThat(get(small, pool, i)).as("page %d", i).isEqualTo(contents[i]);
    }
  }

  private static byte[] get(SmallStore small, Pool pool, int index) {
    return PageBuffers.DIRECT.get(small.store(), pool, 0, index, SmallStore.PAGE_BYTES);
  }

  @Test
  void theDirectoryOfAVolatileStoreGoesAndComesBack() throws Exception {
    SmallStore small = options().ramBytes(8 << 20).open(directory);
    try (small;
        LogLines log = new LogLines("pagestrata.writeback")) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      byte[][] contents = fill(small, pool);
      small.store().writeBack(WritebackRequest.everything());
      remove(directory);
      assertRight(small, pool, contents);
      // More than the open segment takes, and less than RAM.
      contents = fill(small, pool);
      small.store().writeBack(WritebackRequest.everything());
      assertThat(small.store().stats().tiers().get(1).errors()).isPositive();
      String line = log.next();
      while (!line.contains("tier-error")) {
        line = log.next();
      }
      assertThat(line).startsWith("ERROR").contains("NoSuchFile");
      assertRight(small, pool, contents);
      Files.createDirectories(directory);
      while (small.store().stats().tiers().get(0).zpages() > 0) {
        small.store().writeBack(WritebackRequest.everything());
      }
      assertRight(small, pool, contents);
      assertThat(small.check()).isEqualTo(PAGES);
    }
    small.assertNothingIsLeft();
  }

  @Test
  void aSyncIntoADirectoryThatWasMovedAwayIsRefused() throws Exception {
    try (SmallStore small = options().durable().open(directory)) {
      DurablePages pages = new DurablePages(small, 100);
      pages.changeFrom(0);
      pages.sync();
      pages.changeFrom(50);
      Path elsewhere = root.resolve("elsewhere");
      Files.move(directory, elsewhere);
      assertThatThrownBy(pages::sync)
          .isInstanceOf(TierFailureException.class)
          .hasMessageContaining(directory + " or its pagestrata.lock is gone");
      pages.assertReadable();
      Files.move(elsewhere, directory);
      pages.sync();
      pages.assertSurvives(root.resolve("copy"));
      pages.assertReadable();
    }
  }

  /** The directory is that of another store now: nothing is promised any more, to the end. */
  @Test
  void aSyncIntoADirectoryThatWasReplacedIsRefused() throws Exception {
    Path elsewhere = root.resolve("elsewhere");
    options().durable().open(elsewhere).close();
    SmallStore small = options().durable().open(directory);
    DurablePages pages = new DurablePages(small, 100);
    pages.changeFrom(0);
    pages.sync();
    remove(directory);
    Files.move(elsewhere, directory);
    pages.changeFrom(0);
    assertThatThrownBy(pages::sync)
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining("was replaced");
    pages.assertReadable();
    assertThatThrownBy(small::close).isInstanceOf(TierFailureException.class);
    try (SmallStore other = options().durable().open(directory)) {
      assertThat(other.store().pools()).as("nothing was written into the other").isEmpty();
    }
  }

  @Test
  void aSegmentIsCutOffUnderAVolatileStore() throws Exception {
    SmallStore small = options().open(directory);
    try (small) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      byte[][] contents = fill(small, pool);
      small.store().writeBack(WritebackRequest.everything());
      List<Integer> lost = cut(small, pool);
      assertLostAlone(small, pool, contents, lost);
      for (int index : lost) {
        contents[index] = RealPages.incompressible(SmallStore.PAGE_BYTES, random);
        assertThat(small.store().put(pool, 0, index, contents[index], 0).isStored()).isTrue();
      }
      assertRight(small, pool, contents);
      small.store().writeBack(WritebackRequest.everything());
      assertRight(small, pool, contents);
      assertThat(small.check()).isEqualTo(PAGES);
    }
    small.assertNothingIsLeft();
  }

  @Test
  void aSegmentIsCutOffUnderADurableStore() throws Exception {
    byte[][] contents;
    try (SmallStore small = options().durable().ramBytes(8 << 20).open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      contents = fill(small, pool);
      small.store().writeBack(WritebackRequest.everything());
      small.store().sync();
      List<Integer> lost = cut(small, pool);
      assertLostAlone(small, pool, contents, lost);
      for (int index : lost) {
        contents[index] = RealPages.incompressible(SmallStore.PAGE_BYTES, random);
        assertThat(small.store().put(pool, 0, index, contents[index], 0).isStored()).isTrue();
      }
      small.store().sync();
      assertRight(small, pool, contents);
    }
    assertThatThrownBy(() -> options().durable().open(directory))
        .as("a start, which cannot tell that nothing is missed")
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining("and its records ended at");
  }

  /** Cuts the first segment in the middle; gives the pages whose zpages were behind. */
  private List<Integer> cut(SmallStore small, Pool pool) throws IOException {
    Damage damage = new Damage(small, directory);
    String first = damage.describe(damage.place(pool, 0, 0)).split(" ")[0];
    long middle = Files.size(directory.resolve(first)) / 2;
    List<Integer> lost =
        Stream.iterate(0, i -> i + 1)
            .limit(PAGES)
            .filter(i -> isBehind(damage, damage.place(pool, 0, i), first, middle))
            .toList();
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(first).toFile(), "rw")) {
      file.setLength(middle);
    }
    return lost;
  }

  private static boolean isBehind(
      Damage damage, PageVisitor.Place place, String segment, long middle) {
    String[] words = damage.describe(place).split(" ");
    return place.tier() == 1
        && words[0].equals(segment)
        && Long.parseLong(words[2]) + SmallStore.PAGE_BYTES > middle;
  }

  private static void assertLostAlone(
      SmallStore small, Pool pool, byte[][] contents, List<Integer> lost) {
    assertThat(lost).hasSizeBetween(1, PAGES - 1);
    for (int i = 0; i < PAGES; i++) {
      int index = i;
      if (lost.contains(i)) {
        assertThatThrownBy(() -> get(small, pool, index))
            .isInstanceOf(TierFailureException.class)
            .hasMessageContaining("page " + i + " ")
            .hasMessageContaining("the file ends at byte");
      } else {
        assertThat(get(small, pool, i)).as("page %d", i).isEqualTo(contents[i]);
      }
    }
  }
}
