// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.config.MachineCheck;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.stats.StoreStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagestrataTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;

  private PagestrataConfig small(Path segments) {
    return Pagestrata.builder()
        .ram(ram -> ram.maxSize("8MiB").codec("lz4"))
        .file(file -> file.directory(segments).maxSize("64MiB"))
        .writeback(writeback -> writeback.batchSize("128KiB").ringSlots(2))
        .build();
  }

  @Test
  void aStoreKeepsMorePagesThanFitInRam() {
    int pages = 6_000;
    byte[] page = new byte[4096];
    byte[] copy = new byte[4096];
    try (PageStore store = Pagestrata.open(small(directory.resolve("made/when/missing")))) {
      Pool pool = store.createPool("p", PoolKind.PERSISTENT);
      for (int i = 0; i < pages; i++) {
        new Random(i).nextBytes(page);
        assertThat(store.put(pool, 1, i, page, 0)).isEqualTo(PutOutcome.STORED);
      }
      for (int i = 0; i < pages; i++) {
        new Random(i).nextBytes(page);
        assertThat(store.get(pool, 1, i, copy, 0)).isTrue();
        assertThat(copy).isEqualTo(page);
      }
      StoreStats stats = store.stats();
      assertThat(stats.budgetLimitBytes()).isEqualTo(8 * MIB);
      assertThat(stats.budgetUsedBytes()).isBetween(2 * 128L << 10, 8 * MIB);
      assertThat(stats.writeback().demotedPages()).isPositive();
      assertThat(stats.tiers()).extracting(tier -> tier.name()).containsExactly("ram", "file");
    }
  }

  @Test
  void aStoreInRamAloneRefusesWhatDoesNotFit() {
    byte[] page = new byte[4096];
    Random random = new Random(1);
    try (PageStore store =
        Pagestrata.builder().putWait("0s").ram(ram -> ram.maxSize("2MiB").codec("none")).open()) {
      Pool pool = store.createPool("p", PoolKind.PERSISTENT);
      int stored = 0;
      PutOutcome outcome = PutOutcome.STORED;
      while (outcome == PutOutcome.STORED) {
        random.nextBytes(page);
        outcome = store.put(pool, 1, stored, page, 0);
        stored++;
      }
      assertThat(stored).isBetween(64, 512);
      assertThat(store.stats().budgetUsedBytes()).isLessThanOrEqualTo(2 * MIB);
    }
  }

  @Test
  void anUnusableDirectoryIsNamedBeforeAnythingIsOpened() throws IOException {
    Path file = Files.createFile(directory.resolve("taken"));
    String notADirectory =
        "file.directory: value '"
            + file
            + "' is not a directory; expected one, or a name that is free";
    assertThat(Pagestrata.problemsOnThisMachine(small(file))).containsExactly(notADirectory);
    assertThatThrownBy(() -> Pagestrata.open(small(file)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage(notADirectory);
    Path below = file.resolve("below");
    assertThat(Pagestrata.problemsOnThisMachine(small(below)))
        .containsExactly(
            "file.directory: value '"
                + below
                + "' cannot be made; expected a place for it in a directory that can be written");
  }

  @Test
  void filesOfKeysAndPasswordsAreToldUnderTheirOwnSettings() throws IOException {
    Path missing = directory.resolve("missing");
    PagestrataBuilder builder =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("16MiB"))
            .remote(
                remote ->
                    remote
                        .servers("rediss://localhost")
                        .maxSize("16MiB")
                        .passwordFile(missing)
                        .trustedCertificates(missing))
            .file(
                file ->
                    file.directory(directory.resolve("segments"))
                        .maxSize("64MiB")
                        .encryptionKeyFile(missing)
                        .encryptionPreviousKeyFiles(List.of(missing)));
    assertThat(Pagestrata.problemsOnThisMachine(builder.build()))
        .allMatch(it -> it.contains(": value '" + missing + "' cannot be read; expected a "))
        .extracting(it -> it.substring(0, it.indexOf(':')))
        .containsExactly(
            "remote.passwordFile",
            "remote.trustedCertificates",
            "file.encryptionKeyFile",
            "file.encryptionPreviousKeyFiles");
    Path noKey = Files.writeString(directory.resolve("no-key"), "short");
    Files.setPosixFilePermissions(noKey, PosixFilePermissions.fromString("rw-------"));
    assertRefused(file -> file.encryptionKeyFile(noKey), "file.encryptionKeyFile: the key");
    assertRefused(
        file -> file.encryptionKeyCommand("exit 3"),
        "file.encryptionKeyCommand: the key command ended with status 3");
  }

  private void assertRefused(Consumer<FileTierBuilder> key, String problem) {
    PagestrataBuilder builder =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("16MiB"))
            .file(
                file -> {
                  file.directory(directory.resolve("segments")).maxSize("64MiB");
                  key.accept(file);
                });
    assertThatThrownBy(builder::open)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageStartingWith(problem);
  }

  @Test
  void moreMemoryThanTheMachineHasIsRefusedWhenAllOfItWouldBeTouched() {
    PagestrataConfig touched =
        Pagestrata.builder().ram(ram -> ram.maxSize("1TiB").preTouch(true)).build();
    assertThat(Pagestrata.problemsOnThisMachine(touched))
        .singleElement()
        .asString()
        .startsWith("ram.maxSize: value '1TiB' is more than this machine has; expected")
        .endsWith(", since pre-touch takes all of it at once");
    PagestrataConfig reserved =
        Pagestrata.builder().ram(ram -> ram.maxSize("1TiB").preTouch(false)).build();
    assertThat(Pagestrata.problemsOnThisMachine(reserved)).isEmpty();
  }

  @Test
  void lookingAtTheMachineChangesNothing() {
    Path missing = directory.resolve("a/b");
    assertThat(MachineCheck.problems(small(missing))).isEmpty();
    assertThat(directory.resolve("a")).doesNotExist();
    assertThat(MachineCheck.problems(small(directory))).isEmpty();
    assertThat(MachineCheck.problems(small(Path.of("relative/directory")))).isEmpty();
  }

  @Test
  void theVersionIsFilledInByTheBuild() {
    assertThat(Pagestrata.version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?");
  }

  @Test
  void codecsAreFoundByName() {
    assertThat(Pagestrata.codec("zstd-3").name()).isEqualTo("zstd-3");
    assertThatThrownBy(() -> Pagestrata.codec("gzip")).isInstanceOf(IllegalArgumentException.class);
  }
}
