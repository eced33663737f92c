// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.StoreKeys;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code fsck} and {@code inspect} as they are typed. */
class FsckCommandTest {
  private static final String SEGMENT = DurableStore.SEGMENT;

  @TempDir private Path directory;
  private StringWriter out;
  private StringWriter err;

  private int run(Object... args) {
    out = new StringWriter();
    err = new StringWriter();
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    return new Program(new PrintWriter(out, true), new PrintWriter(err, true)).run(words);
  }

  private Path store() {
    return directory.resolve("store");
  }

  private PageStore open() {
    return DurableStore.open(store());
  }

  private void make() {
    DurableStore.make(store());
  }

  @Test
  void aStoreThatWasClosedIsClean() throws IOException {
    make();
    Path report = directory.resolve("report.json");
    assertThat(run("fsck", store(), "--report", report)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("closed in order", "yes", "pages alive", "19")
        .endsWith(store() + ": clean" + System.lineSeparator());
    assertThat(Files.readString(report))
        .contains("\"command\" : \"fsck\"", "\"pages\" : 19", "\"findings\" : [ ]");
    assertThat(err.toString()).isEmpty();
  }

  private Path key(String name) {
    Path key = directory.resolve(name);
    assertThat(run("new-key", key)).as(err.toString()).isZero();
    return key;
  }

  private static String id(Path key) throws IOException {
    return StoreKeys.read(List.of(key)).ids().iterator().next();
  }

  @Test
  void aKeyThatFitsNothingIsNoProofOfAnything() throws IOException {
    Path right = key("right");
    Path wrong = key("wrong");
    DurableStore.makeEncrypted(store(), right);
    String unopened =
        "key " + id(right) + ", without which encrypted records were checked by checksum only";
    assertThat(run("fsck", store(), "--key-file", wrong)).isEqualTo(8);
    assertThat(out.toString().strip())
        .endsWith(store() + ": no findings; none of the keys given is " + unopened);
    assertThat(run("fsck", store())).isZero();
    assertThat(out.toString().strip())
        .endsWith(
            ": clean; without key "
                + id(right)
                + " encrypted records were checked by checksum only");
    assertThat(run("fsck", store(), "--key-file", wrong, "--key-file", right)).isZero();
    assertThat(out.toString().strip()).endsWith(store() + ": clean");
    DurableStore.damageFirstRecord(store());
    assertThat(run("fsck", store(), "--key-file", wrong)).isEqualTo(4);
    assertThat(out.toString()).contains("1 finding, 1 left; none of the keys given is");
  }

  @Test
  void aFileThatHoldsNoKeyIsAWrongOption() throws IOException {
    make();
    Path none = key("none");
    Files.writeString(none, "short");
    assertThat(run("fsck", store(), "--key-file", none)).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo(
            "pagestrata fsck: --key-file: the key file "
                + none
                + " holds no key; expected 32 bytes or 64 hexadecimal digits");
  }

  /** What a crash leaves is a copy of the files as they are at some moment. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 5000})
  void afterACrashAStartAndAStopItIsClean(int tornBytes) throws IOException {
    Path crashed = directory.resolve("crashed");
    try (PageStore running = open()) {
      Pool pool = running.createPool("swap", PoolKind.PERSISTENT);
      assertThat(running.put(pool, 1, 1, noise(), 0).isStored()).isTrue();
      running.sync();
      Files.createDirectory(crashed);
      try (Stream<Path> files = Files.list(store())) {
        for (Path file : files.filter(it -> !it.endsWith("pagestrata.lock")).toList()) {
          Files.copy(file, crashed.resolve(file.getFileName()));
        }
      }
    }
    byte[] torn = new byte[tornBytes];
    new Random(4).nextBytes(torn);
    Files.write(crashed.resolve(SEGMENT), torn, StandardOpenOption.APPEND);
    assertThat(run("fsck", crashed)).as("as it was left").isEqualTo(1);
    assertThat(out.toString()).contains(SEGMENT, "has no footer, as after a crash");
    DurableStore.open(crashed).close();
    assertThat(run("fsck", crashed)).as(out.toString()).isZero();
    assertThat(out.toString()).endsWith(": clean" + System.lineSeparator());
  }

  @Test
  void aPoolThatLostItsNameIsToldWithItsNewOne() throws IOException {
    make();
    try (Stream<Path> files = Files.list(store())) {
      for (Path file : files.filter(it -> it.toString().endsWith(".psm")).toList()) {
        Files.delete(file);
      }
    }
    assertThat(run("fsck", store(), "--repair")).as(out.toString()).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "pool recovered-1 has 19 pages and has lost its name; an export with 'pool:"
                + " recovered-1' serves them");
    assertThat(run("fsck", store())).as(out.toString()).isZero();
    assertThat(out.toString()).doesNotContain("recovered-1");
  }

  @Test
  void aDamagedRecordIsToldWithPlaceAndPageAndThenRepaired() throws IOException {
    make();
    DurableStore.damageFirstRecord(store());
    Path report = directory.resolve("report.json");
    assertThat(run("fsck", store(), "--report", report)).isEqualTo(4);
    assertThat(out.toString())
        .contains(SEGMENT + " offset 4096: ", "of object 1 in pool 1", "; --repair: ")
        .contains("1 finding, 1 left");
    assertThat(Files.readString(report)).contains("\"offset\" : 4096", "\"remedy\" : \"possible\"");
    assertThat(run("fsck", store(), "--repair")).isEqualTo(1);
    assertThat(out.toString()).contains("; repaired: ", "1 finding, repaired or harmless");
    assertThat(run("fsck", store())).isZero();
    assertThat(store().resolve(SEGMENT + ".damaged")).exists();
  }

  @Test
  void whatNobodyCanTellIsLeftUntilTheLossIsAccepted() throws IOException {
    make();
    try (PageStore store = open()) {
      // More segments than the one that goes.
      assertThat(store.pools()).hasSize(1);
      store.flush(store.pools().get(0), 1, 1);
    }
    Files.delete(store().resolve(SEGMENT));
    assertThat(run("fsck", store(), "--repair")).isEqualTo(4);
    assertThat(out.toString())
        .contains(SEGMENT + ": is missing", "; --repair --accept-loss: ")
        .contains("nothing was repaired, since that needs --accept-loss");
    assertThat(run("fsck", store(), "--repair", "--accept-loss")).isEqualTo(1);
    assertThat(run("fsck", store())).isZero();
    open().close();
  }

  @Test
  void aRunningStoreIsLeftAloneAndInspected() {
    make();
    try (PageStore running = open()) {
      assertThat(running.pools()).hasSize(1);
      assertThat(run("fsck", store())).isEqualTo(9);
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(err.toString())
          .startsWith("pagestrata fsck: Directory " + store() + " is in use by another store");
      assertThat(run("inspect", store())).as(err.toString()).isZero();
      assertThat(out.toString())
          .contains("Segments", "Pools", "swap")
          .containsPattern("in use by +another store of this process");
    }
  }

  /** It keeps its few pages in RAM, so that there is nothing but its lock. */
  @Test
  void aRunningStoreThatIsVolatileIsToldFromNone() {
    try (PageStore running = DurableStore.openVolatile(store())) {
      assertThat(running.pools()).isEmpty();
      assertThat(run("fsck", store())).isEqualTo(9);
      assertThat(err.toString().strip())
          .startsWith("pagestrata fsck: Directory " + store() + " is in use by another store")
          .contains("the store is volatile");
      assertThat(run("inspect", store())).isEqualTo(1);
      assertThat(err.toString()).contains("is in use by another store");
    }
    assertThat(run("fsck", store())).isEqualTo(2);
    assertThat(err.toString().strip()).isEqualTo("pagestrata fsck: no store in " + store());
  }

  @Test
  void ofARunningVolatileStoreWithSegmentsTooItIsToldThatThereIsNothingToCheck()
      throws InterruptedException {
    try (PageStore running = DurableStore.openVolatile(store())) {
      Pool pool = running.createPool("swap", PoolKind.PERSISTENT);
      assertThat(running.put(pool, 1, 1, noise(), 0).isStored()).isTrue();
      running.writeBack(WritebackRequest.everything());
      assertThat(run("fsck", store())).isEqualTo(9);
      assertThat(err.toString().strip())
          .endsWith(
              " is in use by another store of this process. The store is volatile: there is nothing"
                  + " to check, and its next start deletes everything.");
      assertThat(run("inspect", store())).as(err.toString()).isZero();
      assertThat(out.toString()).contains("another store of this process", "Segments");
    }
  }

  private static byte[] noise() {
    byte[] page = new byte[4096];
    new Random(3).nextBytes(page);
    return page;
  }

  @Test
  void inspectShowsSegmentsPoolsAndRecords() throws IOException {
    make();
    Path report = directory.resolve("report.json");
    assertThat(run("inspect", store(), "--report", report)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains(
            "Store", "Segments", "writeback  sealed", "lz4 100.0 %", "Pools", "swap", "Totals");
    assertThat(Files.readString(report))
        .contains("\"command\" : \"inspect\"", "\"state\" : \"sealed\"", "\"name\" : \"swap\"");
    assertThat(run("inspect", store(), "--records", SEGMENT, "--report", report)).isZero();
    assertThat(out.toString()).contains("Records", "tombstone", "lz4", "4,096");
    assertThat(Files.readString(report)).contains("\"kind\" : \"tombstone\"");
    assertThat(run("inspect", store(), "--records", "no.pss")).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo("pagestrata inspect: no segment no.pss in " + store());
  }

  // A link to itself: whether the directory exists cannot be told, by root either.
  @Test
  void whatCannotBeLookedAtIsUncheckedAndNotHarmless() throws IOException {
    Path loop = directory.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    assertThat(run("fsck", loop.resolve("store"))).isEqualTo(8);
    assertThat(err.toString().strip())
        .isEqualTo("pagestrata fsck: access denied: " + loop.resolve("store"));
  }

  @Test
  void saysInOneLineWhatIsNoStore() throws IOException {
    Path missing = directory.resolve("missing");
    Path file = Files.createFile(directory.resolve("file"));
    for (String command : new String[] {"fsck", "inspect"}) {
      String name = "pagestrata " + command + ": ";
      assertThat(run(command, missing)).isEqualTo(2);
      assertThat(err.toString().strip()).isEqualTo(name + "no such directory: " + missing);
      assertThat(run(command, file)).isEqualTo(2);
      assertThat(err.toString().strip()).isEqualTo(name + "not a directory: " + file);
      assertThat(run(command, directory)).isEqualTo(2);
      assertThat(err.toString().strip()).isEqualTo(name + "no store in " + directory);
      assertThat(run(command, directory, "--report", "/no/such/dir")).isEqualTo(2);
      assertThat(err.toString().strip())
          .isEqualTo(name + "cannot write the report /no/such/dir: there is no directory /no/such");
    }
    assertThat(missing).doesNotExist();
    assertThat(Files.list(directory)).containsExactly(file);
  }
}
