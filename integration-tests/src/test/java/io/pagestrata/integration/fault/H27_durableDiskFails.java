// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolDestroyedException;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.integration.support.Damage;
import io.pagestrata.integration.support.DurablePages;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk below a durable store fails during syncs and saves. Whoever asked for it is told, what
 * was synced before survives, what was not stays readable and survives the next sync that succeeds.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H27_durableDiskFails {
  private static final int PAGES = 500;
  private static final long ALWAYS = Long.MAX_VALUE / 2;

  @TempDir private Path directory;
  private FaultyFiles files;
  private SmallStore small;
  private DurablePages pages;

  @BeforeEach
  void open() {
    small =
        SmallStore.options()
            .durable()
            .readOnlyRetry(Duration.ZERO)
            .promotion(Promotion.NEVER)
            .files(real -> files = new FaultyFiles(real))
            .open(directory.resolve("tier"));
    pages = new DurablePages(small, PAGES);
    pages.changeFrom(0);
    pages.sync();
  }

  @AfterEach
  void close() {
    files.heal();
    small.close();
  }

  private void failEveryChange(String error) {
    for (Operation change : Operation.values()) {
      if (change != Operation.READ && change != Operation.OPEN && change != Operation.LIST) {
        files.fail(change, 0, ALWAYS, error);
      }
    }
  }

  private void assertSyncFails(String error) {
    assertThatThrownBy(pages::sync)
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining(error);
  }

  private void goesOnOnceTheDiskIsWell() {
    files.heal();
    pages.sync();
    pages.assertReadable();
    pages.assertSurvives(directory.resolve("afterwards"));
    assertThat(small.check()).isEqualTo(PAGES * 4L / 5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No space left on device",
        "Disk quota exceeded",
        "Input/output error",
        "Read-only file system"
      })
  void aSyncFailsUntilTheDiskTakesChanges(String error) {
    pages.changeFrom(100);
    failEveryChange(error);
    long errors = small.store().stats().tiers().get(1).errors();
    assertSyncFails(error);
    assertSyncFails(error);
    pages.put(7);
    pages.assertReadable();
    assertThat(small.store().stats().tiers().get(1).errors()).isGreaterThan(errors);
    pages.assertSurvives(directory.resolve("meanwhile"));
    goesOnOnceTheDiskIsWell();
  }

  @Test
  void writesThatComeOutShortAreCompleted() {
    files.shortenWrites(1000);
    pages.changeFrom(100);
    pages.sync();
    assertThat(small.store().stats().tiers().get(1).errors()).isZero();
    goesOnOnceTheDiskIsWell();
  }

  /** The open segment goes on; the next one cannot be made. */
  @Test
  void noMoreFilesCanBeOpened() {
    String error = "Too many open files";
    files.fail(Operation.CREATE, 0, ALWAYS, error);
    files.fail(Operation.FORCE_DIRECTORY, 0, ALWAYS, error);
    pages.put(1);
    pages.sync();
    long made = files.count(Operation.CREATE);
    assertThatThrownBy(
            () -> {
              while (files.count(Operation.CREATE) < made + PAGES) {
                pages.changeFrom(100);
                pages.sync();
              }
            })
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining(error);
    pages.assertReadable();
    pages.assertSurvives(directory.resolve("meanwhile"));
    goesOnOnceTheDiskIsWell();
  }

  /** After a failed force the same bytes are never forced again: Linux would call that done. */
  @Test
  void aForceThatFailedIsNotTrusted() throws Exception {
    Damage places = new Damage(small, directory.resolve("tier"));
    String before = segmentOf(places, 0);
    files.fail(Operation.FORCE, 0, 1, FaultyFiles.BROKEN);
    pages.put(0);
    pages.sync();
    assertThat(segmentOf(places, 0)).as("the segment of the failed force").isNotEqualTo(before);
    assertThat(small.store().stats().tiers().get(1).errors()).isOne();
    goesOnOnceTheDiskIsWell();
  }

  @Test
  void everyForceFails() {
    files.fail(Operation.FORCE, 0, ALWAYS, FaultyFiles.BROKEN);
    pages.changeFrom(100);
    assertSyncFails(FaultyFiles.BROKEN);
    pages.assertReadable();
    long written = small.store().stats().tiers().get(1).storedZpages();
    goesOnOnceTheDiskIsWell();
    assertThat(small.store().stats().tiers().get(1).storedZpages())
        .as("all are written again")
        .isGreaterThanOrEqualTo(written + 300);
  }

  private String segmentOf(Damage places, int index) {
    var place = places.place(pages.pool(), 0, index);
    return small
        .hierarchy()
        .tier(place.backingTier())
        .describe(place.backingLocator())
        .split(" ")[0];
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "WRITE", "FORCE", "FORCE_DIRECTORY"})
  void aPoolThatCannotBeSavedIsNotMade(Operation operation) {
    files.fail(operation, 0, ALWAYS, FaultyFiles.NO_SPACE);
    assertThatThrownBy(() -> small.store().createPool("other", PoolKind.PERSISTENT))
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining("the pools could not be saved")
        .hasMessageContaining(FaultyFiles.NO_SPACE);
    assertThat(small.store().pool("other")).isEmpty();
    pages.assertReadable();
    pages.assertSurvives(directory.resolve("meanwhile"));
    files.heal();
    Pool other = small.store().createPool("other", PoolKind.PERSISTENT);
    assertThat(other.id()).isGreaterThan(pages.pool().id());
    goesOnOnceTheDiskIsWell();
  }

  @Test
  void aPoolWhoseEndCannotBeSavedIsStillThere() {
    files.fail(Operation.CREATE, 0, ALWAYS, FaultyFiles.NO_SPACE);
    assertThatThrownBy(() -> small.store().destroyPool(pages.pool()))
        .isInstanceOf(TierFailureException.class);
    pages.assertReadable();
    goesOnOnceTheDiskIsWell();
  }

  /** Who could not leave still counts, so that who joins later is not taken for the last one. */
  @Test
  void whoCannotLeaveAPoolIsAUserOfItStill() {
    PoolSpec shared = new PoolSpec("shared", PoolKind.PERSISTENT, TenantLimits.DEFAULT_NAME, true);
    Pool first = small.store().createPool(shared);
    files.fail(Operation.CREATE, 0, ALWAYS, FaultyFiles.NO_SPACE);
    assertThatThrownBy(() -> small.store().destroyPool(first))
        .isInstanceOf(TierFailureException.class);
    files.heal();
    Pool second = small.store().createPool(shared);
    assertThat(small.store().destroyPool(first)).isZero();
    small.store().destroyPool(second);
    assertThatThrownBy(() -> small.store().destroyPool(first))
        .isInstanceOf(PoolDestroyedException.class);
  }

  /** The next start recovers as after a crash. */
  @Test
  void aStoreThatCannotBeClosedCleanlySaysSo() {
    pages.changeFrom(100);
    failEveryChange(FaultyFiles.NO_SPACE);
    assertThatThrownBy(small::close)
        .isInstanceOf(TierFailureException.class)
        .hasMessageStartingWith(
            "the last sync failed, and what was done since the sync before may be lost: ")
        .hasMessageContaining(FaultyFiles.NO_SPACE);
    pages.assertFoundIn(directory.resolve("tier"));
  }

  @ParameterizedTest
  @EnumSource(names = {"LIST", "OPEN", "READ"})
  void aStoreThatCannotBeReadDoesNotOpenAndHarmsNothing(Operation operation) {
    pages.changeFrom(100);
    pages.sync();
    small.close();
    for (int skip = 0; skip < 3; skip++) {
      int skipped = skip;
      SmallStore.Options options =
          SmallStore.options()
              .durable()
              .files(
                  real -> {
                    FaultyFiles faulty = new FaultyFiles(real);
                    faulty.fail(operation, skipped, 1, FaultyFiles.BROKEN);
                    return faulty;
                  });
      if (operation == Operation.LIST && skip == 2) {
        // The third listing is that of old manifests, which may stay.
        continue;
      }
      assertThatThrownBy(() -> options.open(directory.resolve("tier")))
          .as("%s after %d", operation, skip)
          .hasStackTraceContaining(FaultyFiles.BROKEN);
      pages.assertFoundIn(directory.resolve("tier"));
    }
  }
}
