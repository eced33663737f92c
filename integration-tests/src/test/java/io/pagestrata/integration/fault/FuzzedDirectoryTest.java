// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import io.pagestrata.config.StoreFiles;
import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.integration.support.SeededRandom;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of every kind are changed at random, without any regard to what they hold. A start serves
 * right pages, says which it cannot, or refuses with a message; a check and a look inside end in
 * order and take no more memory than the files call for; after a repair the store opens.
 */
@ExtendWith(SeededRandom.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzedDirectoryTest {
  private static final int ROUNDS = 25;
  private static final long STRESS_NANOS =
      Long.getLong("pagestrata.fuzzSeconds", 120) * 1_000_000_000;
  private static final int MOST_CHANGES = 3;
  private static final long MOST_BYTES = 192 << 20;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private Path directory;
  private DamageRig plain;
  private DamageRig encrypted;

  @BeforeAll
  void makeStores(@TempDir Path shared) throws IOException {
    directory = shared;
    plain = DamageRig.inTheClear(directory.resolve("p"));
    encrypted = DamageRig.encrypted(directory.resolve("e"));
  }

  @Test
  void aFew(Random random) throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      fuzz(random.nextLong());
    }
  }

  @Test
  @Tag("stress")
  void many(Random random) throws IOException {
    for (long end = System.nanoTime() + STRESS_NANOS; System.nanoTime() < end; ) {
      fuzz(random.nextLong());
    }
  }

  private void fuzz(long seed) throws IOException {
    Random random = new Random(seed);
    boolean closed = random.nextInt(3) > 0;
    DamageRig rig = random.nextBoolean() ? plain : encrypted;
    Path round = Files.createDirectory(directory.resolve("round"));
    try {
      Path store = rig.copy(closed, round.resolve("store"));
      String what =
          "seed "
              + seed
              + (closed ? " closed" : " killed")
              + (rig == encrypted ? " encrypted" : "");
      what += change(store, random);
      tryOut(rig, store, closed, what);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    } finally {
      deleteAll(round);
    }
  }

  private static String change(Path store, Random random) throws IOException {
    StringBuilder what = new StringBuilder();
    for (int left = 1 + random.nextInt(MOST_CHANGES); left > 0; left--) {
      Mutation mutation = Mutation.values()[random.nextInt(Mutation.values().length)];
      Path file = Mutation.anyFile(store, random);
      mutation.apply(store, file, random);
      what.append(", ").append(mutation).append(' ').append(file.getFileName());
    }
    return what.toString();
  }

  private void tryOut(DamageRig rig, Path store, boolean closed, String what) throws IOException {
    Path opened = store.resolveSibling("opened");
    copy(store, opened);
    if (!StoreFiles.existIn(store)) {
      return;
    }
    Inspection seen = bounded(what, () -> StoreFiles.inspect(store, CheckProgress.NONE));
    assertThat(seen.segments()).as(what).isNotNull();
    Inspection found = bounded(what, () -> check(rig, store, false));
    DamageRig.Outcome damaged = bounded(what, () -> rig.read(opened));
    if (closed) {
      assertThat(damaged.wrong()).as(what + " opened, found " + found.findings()).isEmpty();
    }
    if (closed && damaged.opened() && found.left() == 0) {
      assertThat(damaged.refused()).as(what + " refused, found " + found.findings()).isZero();
    }
    Inspection repaired = check(rig, store, true);
    assertThat(repaired.findings())
        .as(what)
        .filteredOn(it -> it.isLeft() && it.remedy() != Remedy.NONE)
        .isEmpty();
    assertThat(check(rig, store, false).findings())
        .as(what + " after the repair of " + repaired.findings())
        .allMatch(it -> !it.isLeft() || it.remedy() == Remedy.NONE);
    DamageRig.Outcome after = rig.read(store);
    assertThat(after.opened()).as(what + " opens after " + repaired.findings()).isTrue();
    if (closed && !losesUnknown(found)) {
      assertThat(after.wrong()).as(what + " after " + repaired.findings()).isEmpty();
    }
  }

  private static boolean losesUnknown(Inspection found) {
    return found.findings().stream().anyMatch(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE);
  }

  private static Inspection check(DamageRig rig, Path store, boolean repair) throws IOException {
    Inspection found = StoreFiles.check(store, rig.keys(), repair, repair, CheckProgress.NONE);
    for (Finding finding : found.findings()) {
      assertThat(finding.what()).isNotBlank();
    }
    return found;
  }

  @FunctionalInterface
  private interface Look<T> {
    T look() throws IOException;
  }

  private <T> T bounded(String what, Look<T> look) throws IOException {
    List<T> result = new ArrayList<>();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatCode(() -> result.add(look.look())).as(what).doesNotThrowAnyException();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(what).isLessThan(MOST_BYTES);
    return result.get(0);
  }

  /** Links and directories as well, and no more of a file than one that is longer has. */
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
      for (Path entry : entries) {
        Path target = to.resolve(entry.getFileName());
        if (!Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
          Files.copy(entry, target, LinkOption.NOFOLLOW_LINKS);
          continue;
        }
        try (RandomAccessFile source = new RandomAccessFile(entry.toFile(), "r");
            RandomAccessFile copy = new RandomAccessFile(target.toFile(), "rw")) {
          // What is behind is a hole.
          source.getChannel().transferTo(0, Mutation.MOST_COPIED_BYTES, copy.getChannel());
          copy.setLength(source.length());
        }
      }
    }
  }

  private static void deleteAll(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes any) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path at, IOException e) throws IOException {
            Files.delete(at);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
