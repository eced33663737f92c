// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.ModelHost;
import io.pagestrata.integration.support.ModelHost.Page;
import io.pagestrata.integration.support.ModelHost.Place;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.Zpages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link Tier} must do.
 *
 * @param <T> port of the tier under test
 */
@ExtendWith(SeededRandom.class)
abstract class TierContract<T extends Tier> {
  /** Size of the tier under test: small enough to be filled in a moment. */
  static final long LIMIT_BYTES = 8L << 20;

  private static final int BATCH_BYTES = 64 << 10;
  private static final int MOST_STEPS = 100_000;

  final ModelHost host = new ModelHost();
  private final ZpageBatch batch =
      new ZpageBatch(ByteBuffer.allocateDirect(BATCH_BYTES), Zpages.PAGE_BYTES);
  private final List<Page> inBatch = new ArrayList<>();
  private ByteBuffer scratch;
  private long generations;
  T tier;

  /** Makes the tier under test, of {@link #LIMIT_BYTES} and pages of 4 KiB. */
  protected abstract T open(Path directory) throws Exception;

  /** Padding behind a zpage that the tier may count with it. */
  protected int mostPaddingBytes() {
    return Zpages.PAGE_BYTES / 256;
  }

  /** Cleans until there is nothing to clean. */
  protected void cleanAll() throws IOException {
    for (int i = 0; i < MOST_STEPS; i++) {
      if (tier.maintain() == 0) {
        return;
      }
    }
    throw new AssertionError("upkeep never ends");
  }

  @BeforeEach
  final void open(@TempDir Path directory, Random random) throws Exception {
    tier = open(directory);
    host.watch(tier);
    scratch = newScratch();
  }

  @AfterEach
  final void close() {
    tier.close();
  }

  @Test
  void whatIsStoredIsReadBack(Random random) throws IOException {
    storePages(0, 2000, random);
    assertEveryPageIsWhole();
  }

  @Test
  void locatorsAreDistinctAndFitTheEntry(Random random) throws IOException {
    storePages(0, 1000, random);
    Set<Long> locators = new HashSet<>();
    for (Page page : host.pages()) {
      long locator = host.place(page).locator();
      assertThat(locator).isBetween(0L, (1L << Tier.LOCATOR_BITS) - 1);
      assertThat(locators.add(locator)).as("locator given twice").isTrue();
      assertThat(tier.describe(locator)).isNotBlank();
    }
  }

  @Test
  void theAnswerOfTheReaderIsHandedThrough(Random random) throws IOException {
    storePages(0, 1, random);
    long locator = host.place(new Page(0, 0)).locator();
    assertThat(tier.read(locator, scratch, (memory, offset, available) -> 4711)).isEqualTo(4711);
  }

  @Test
  void countersAddUp(Random random) throws IOException {
    storePages(0, 1500, random);
    for (int i = 0; i < 700; i++) {
      host.remove(new Page(0, random.nextInt(1500)));
    }
    long bytes = 0;
    for (Page page : host.pages()) {
      bytes += zpageBytes(page);
    }
    TierStats stats = tier.stats();
    assertThat(stats.zpages()).isEqualTo(host.pages().size());
    assertThat(stats.zpageBytes()).isBetween(bytes, bytes + stats.zpages() * mostPaddingBytes());
    assertThat(stats.usedBytes()).isBetween(stats.zpageBytes(), stats.limitBytes());
    assertThat(stats.storedZpages()).isEqualTo(1500);
    assertThat(stats.state()).isEqualTo(TierState.OPEN);
  }

  // Fill to the brim: the refused batch takes no space and damages nothing; after everything is
  // freed and cleaned the tier is as good as new.
  @Test
  void aFullTierRefusesWholeBatchesAndRecovers(Random random) throws IOException {
    int stored = fill(0, random);
    TierStats full = tier.stats();
    assertThat(storeBatch(1_000_000, random)).isEqualTo(TierOutcome.FULL);
    assertThat(tier.stats().zpages()).isEqualTo(full.zpages());
    assertThat(tier.stats().zpageBytes()).isEqualTo(full.zpageBytes());
    assertThat(tier.stats().refusals()).isGreaterThan(0);
    assertThat(tier.stats().usedBytes()).isLessThanOrEqualTo(LIMIT_BYTES);
    assertEveryPageIsWhole();

    host.pages().forEach(host::remove);
    cleanAll();
    assertThat(tier.stats().zpages()).isZero();
    assertThat(fill(2_000_000, random)).isGreaterThan(stored * 9 / 10);
    assertEveryPageIsWhole();
  }

  @Test
  void cleaningKeepsTheLivingAndFreesTheRest(Random random) throws IOException {
    int stored = fill(0, random);
    for (int i = 0; i < stored; i++) {
      if (random.nextInt(10) < 7) {
        host.remove(new Page(0, i));
      }
    }
    long before = tier.stats().zpages();
    cleanAll();

    assertThat(tier.stats().zpages()).isEqualTo(before).isEqualTo(host.pages().size());
    assertEveryPageIsWhole();
    assertThat(fill(1_000_000, random)).as("pages that fit again").isGreaterThan(stored / 4);
    assertEveryPageIsWhole();
  }

  @Test
  void cleaningGivesBackingCopiesUp(Random random) throws IOException {
    int stored = fill(0, random);
    for (int i = 0; i < stored; i++) {
      if (i % 4 != 0) {
        host.remove(new Page(0, i));
      } else if (i % 8 == 0) {
        host.markBacking(new Page(0, i));
      }
    }
    cleanAll();
    assertThat(tier.stats().zpages()).isEqualTo(host.pages().size());
    for (int i = 4; i < stored; i += 8) {
      assertThat(host.place(new Page(0, i))).as("page %d is not a backing copy", i).isNotNull();
    }
    assertEveryPageIsWhole();
  }

  // One thread overwrites, removes and cleans; two read. Forbidden: a reader that finds the entry
  // unchanged while the place is held sees other bytes than those of that page and generation.
  @Test
  void readersNeverSeeARecycledPlace(Random random) throws Exception {
    int pages = 600;
    storePages(0, pages, random);
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      long seed = random.nextLong();
      Thread reader = new Thread(() -> readUntil(done, failure, pages, new Random(seed)));
      reader.start();
      readers.add(reader);
    }
    try {
      for (int round = 0; round < 400 && failure.get() == null; round++) {
        int first = random.nextInt(pages - 30);
        storePages(first, 30, random);
        host.remove(new Page(0, random.nextInt(pages)));
        if (round % 20 == 0) {
          cleanAll();
        }
      }
    } finally {
      done.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
    }
    assertThat(failure.get()).isNull();
    assertEveryPageIsWhole();
  }

  private void readUntil(
      AtomicBoolean done, AtomicReference<Throwable> failure, int pages, Random random) {
    ByteBuffer own = newScratch();
    try {
      while (!done.get()) {
        Page page = new Page(0, random.nextInt(pages));
        Place place = host.place(page);
        if (place != null) {
          int answer =
              tier.read(
                  place.locator(),
                  own,
                  (memory, offset, available) ->
                      !place.equals(host.place(page))
                          ? 2
                          : isWhole(page, place, memory, offset, available) ? 1 : 0);
          assertThat(answer).as("zpage of %s at %s", page, place).isNotZero();
        }
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  @Test
  void afterCloseNothingIsShownAndNothingTaken(Random random) throws IOException {
    storePages(0, 10, random);
    tier.close();
    long locator = host.place(new Page(0, 0)).locator();
    assertThat(tier.read(locator, scratch, (memory, offset, available) -> 1)).isEqualTo(Tier.GONE);
    assertThat(storeBatch(100, random)).isEqualTo(TierOutcome.CLOSED);
    assertThat(tier.stats().state()).isEqualTo(TierState.CLOSED);
    tier.close();
  }

  /** Stores pages of object 0 in batches; the tier must take them. */
  final void storePages(int first, int count, Random random) throws IOException {
    int next = first;
    while (next < first + count) {
      beginBatch();
      while (next < first + count && addToBatch(next, random)) {
        next++;
      }
      assertThat(endBatch()).isEqualTo(TierOutcome.STORED);
    }
  }

  /** Stores batches until the tier is full, cleaning nothing, and says how many pages went in. */
  final int fill(int first, Random random) throws IOException {
    int next = first;
    for (int i = 0; i < MOST_STEPS; i++) {
      beginBatch();
      int stored = 0;
      while (addToBatch(next + stored, random)) {
        stored++;
      }
      if (endBatch() != TierOutcome.STORED) {
        return next - first;
      }
      next += stored;
    }
    throw new AssertionError("the tier has no limit");
  }

  private TierOutcome storeBatch(int first, Random random) throws IOException {
    beginBatch();
    for (int next = first; addToBatch(next, random); next++) {
      // One more fitted.
    }
    return endBatch();
  }

  private void beginBatch() {
    batch.clear();
    inBatch.clear();
  }

  private boolean addToBatch(int index, Random random) {
    int payload = random.nextInt(20) == 0 ? Zpages.PAGE_BYTES : 40 + random.nextInt(2500);
    ByteBuffer zpage = Zpages.make(0, index, ++generations, payload);
    if (!batch.add(zpage, 0, zpage.capacity(), 0)) {
      return false;
    }
    inBatch.add(new Page(0, index));
    return true;
  }

  private TierOutcome endBatch() throws IOException {
    TierOutcome outcome = tier.store(batch);
    if (outcome == TierOutcome.STORED) {
      for (int i = 0; i < inBatch.size(); i++) {
        long generation = ZpageHeader.generation(batch.data(), batch.offset(i));
        host.publish(inBatch.get(i), new Place(generation, batch.toLocator(i)));
      }
    }
    return outcome;
  }

  final long nextGeneration() {
    return ++generations;
  }

  final void assertEveryPageIsWhole() throws IOException {
    for (Page page : host.pages()) {
      Place place = host.place(page);
      int answer =
          tier.read(
              place.locator(),
              scratch,
              (memory, offset, available) ->
                  isWhole(page, place, memory, offset, available) ? 1 : 0);
      assertThat(answer).as("zpage of %s at %s", page, place).isEqualTo(1);
    }
  }

  private int zpageBytes(Page page) throws IOException {
    return tier.read(
        host.place(page).locator(),
        scratch,
        (memory, offset, available) -> ZpageHeader.zpageBytes(memory, offset));
  }

  private static boolean isWhole(
      Page page, Place place, ByteBuffer memory, int offset, int available) {
    return Zpages.isWhole(
        memory, offset, available, page.object(), page.index(), place.generation());
  }

  private ByteBuffer newScratch() {
    return ByteBuffer.allocateDirect(tier.scratchBytes() + 4096).alignedSlice(4096);
  }
}
