// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static io.pagestrata.tiers.file.FaultyFiles.BROKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file tier keeps its write budget to the byte, also across restarts and damage. */
class FileBudgetTest {
  private static final long DAY_BYTES = 1_000_000;

  @TempDir private Path directory;
  private final MemoryFiles memory = new MemoryFiles();
  private final FaultyFiles files = new FaultyFiles(memory);
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicReference<Instant> wall =
      new AtomicReference<>(Instant.parse("2026-03-01T06:00:00Z"));
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(48);
  private WriteBudget budget;
  private BudgetFile budgetFile;

  private FileTier open(long bytesPerDay) throws IOException {
    budget = new WriteBudget("file", WriteBudget.NO_LIMIT, bytesPerDay, nanos::get, wall::get);
    budgetFile = new BudgetFile(directory, List.of(budget), nanos::get);
    FileTier tier =
        new FileTier(
            FileTierModelTest.settings(directory, 12, false),
            FileEncryption.none(),
            nanos::get,
            files,
            new FileWear(budget, budgetFile));
    host.use(tier);
    return tier;
  }

  private TierOutcome store(long from) throws IOException {
    TierOutcome outcome = host.store(batch, LongStream.range(from, from + 40).toArray());
    if (outcome == TierOutcome.STORED) {
      host.publish(batch);
    }
    return outcome;
  }

  /** Stores the same objects anew until the budget refuses. */
  private void storeUntilRefused() throws IOException {
    int stored = 0;
    while (store(stored % 3 * 40L) == TierOutcome.STORED) {
      assertThat(stored++).isLessThan(1000);
    }
  }

  @Test
  void whatReachedTheMediumIsChargedToTheByte() throws IOException {
    try (FileTier tier = open(DAY_BYTES)) {
      store(0);
      store(0);
      tier.maintain();
      assertThat(budget.stats().usedTodayBytes())
          .isPositive()
          .isEqualTo(tier.stats().writtenBytes());
    }
  }

  @Test
  void aTierOverItsBudgetReadsAndFreesAndTakesBatchesAgainTomorrow() throws IOException {
    try (FileTier tier = open(DAY_BYTES)) {
      storeUntilRefused();
      assertThat(tier.stats().writtenBytes()).isLessThanOrEqualTo(DAY_BYTES);
      assertThat(tier.stats().state()).isEqualTo(TierState.OVER_BUDGET);
      assertThat(host.read(7, AlignedBuffers.allocate(tier.scratchBytes()), new CRC32C())).isTrue();
      long held = tier.stats().zpages();
      host.remove(7);
      assertThat(tier.stats().zpages()).isEqualTo(held - 1);

      wall.set(wall.get().plus(Duration.ofDays(1)));
      assertThat(tier.stats().state()).isEqualTo(TierState.OPEN);
      assertThat(store(0)).isEqualTo(TierOutcome.STORED);
    }
  }

  @Test
  void cleaningStopsBeforeTheLastBytesButDeadSegmentsStillGo() throws IOException {
    try (FileTier tier = open(DAY_BYTES)) {
      storeUntilRefused();
      long written = tier.stats().writtenBytes();
      host.objects().stream().filter(object -> object % 40 > 1).forEach(host::remove);
      while (tier.maintain() > 0) {
        assertThat(tier.stats().writtenBytes()).isEqualTo(written);
      }
      long used = tier.stats().usedBytes();
      host.objects().forEach(host::remove);
      tier.maintain();
      assertThat(tier.stats().usedBytes()).isLessThanOrEqualTo(used);
      assertThat(tier.stats().writtenBytes()).isEqualTo(written);
    }
  }

  @Test
  void aFailedWriteCostsWhatItWroteAndNoMore() throws IOException {
    try (FileTier tier = open(DAY_BYTES)) {
      store(0);
      files.fail(Operation.WRITE, 0, 100, BROKEN);
      assertThatThrownBy(() -> store(40)).isInstanceOf(IOException.class);
      files.heal();
      assertThat(budget.stats().usedTodayBytes()).isEqualTo(tier.stats().writtenBytes());
    }
  }

  @Test
  void whatWasUsedSurvivesARestart() throws IOException {
    long used;
    try (FileTier tier = open(DAY_BYTES)) {
      store(0);
      used = tier.stats().writtenBytes();
    }
    assertThat(Files.getPosixFilePermissions(directory.resolve(BudgetFile.NAME)))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    host.table.clear();
    try (FileTier tier = open(DAY_BYTES)) {
      assertThat(budget.stats().usedTodayBytes()).isEqualTo(used);
      store(0);
      assertThat(budget.stats().usedTodayBytes()).isEqualTo(used + tier.stats().writtenBytes());
    }
  }

  /** Without a close, as after a kill, what was saved a moment before still counts. */
  @Test
  void upkeepSavesOnceASecond() throws IOException {
    FileTier tier = open(DAY_BYTES);
    store(0);
    long used = budget.stats().usedTodayBytes();
    tier.maintain();
    assertThat(Files.exists(directory.resolve(BudgetFile.NAME))).isFalse();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    tier.maintain();
    String saved = Files.readString(directory.resolve(BudgetFile.NAME));

    WriteBudget next =
        new WriteBudget("file", WriteBudget.NO_LIMIT, DAY_BYTES, nanos::get, wall::get);
    new BudgetFile(directory, List.of(next), nanos::get).load();
    assertThat(next.stats().usedTodayBytes()).isEqualTo(used);
    tier.close();
    assertThat(Files.readString(directory.resolve(BudgetFile.NAME))).isEqualTo(saved);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pagestrata-budget 1\nfile 20513 500000\n",
        "pagestrata-budget 1\nfile 20513 500000\ncrc32c 00000000\n",
        "pagestrata-budget 2\ncrc32c 00000000\n",
        "\u00ff\u0000\n\n"
      })
  void aDamagedFileCountsAsNone(String content) throws IOException {
    Files.writeString(directory.resolve(BudgetFile.NAME), content, StandardCharsets.ISO_8859_1);
    try (FileTier tier = open(DAY_BYTES)) {
      assertThat(budget.stats().usedTodayBytes()).isZero();
      store(0);
      assertThat(tier.stats().state()).isEqualTo(TierState.OPEN);
    }
    open(DAY_BYTES).close();
    assertThat(budget.stats().usedTodayBytes()).isPositive();
  }

  @Test
  void aFileLeftHalfWrittenByAKillIsReplaced() throws IOException {
    Files.writeString(directory.resolve(BudgetFile.NEW_NAME), "half");
    try (FileTier tier = open(DAY_BYTES)) {
      store(0);
      assertThat(tier.stats().state()).isEqualTo(TierState.OPEN);
    }
    assertThat(directory.resolve(BudgetFile.NEW_NAME)).doesNotExist();
    assertThat(directory.resolve(BudgetFile.NAME)).exists();
  }

  @Test
  void anInterruptedCloseSavesAllTheSame() throws IOException {
    FileTier tier = open(DAY_BYTES);
    store(0);
    Thread.currentThread().interrupt();
    tier.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(directory.resolve(BudgetFile.NAME)).exists();
  }

  @Test
  void withoutALimitThereIsNoFile() throws IOException {
    try (FileTier tier = open(WriteBudget.NO_LIMIT)) {
      store(0);
      tier.maintain();
    }
    assertThat(directory).isEmptyDirectory();
  }
}
