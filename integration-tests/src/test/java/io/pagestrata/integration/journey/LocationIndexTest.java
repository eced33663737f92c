// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.integration.support.IndexProgram;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The location index: whatever it holds and whatever happens to it, a store shows what its segments
 * hold, and the index answers for as many of them as it can.
 */
@ExtendWith(SeededRandom.class)
class LocationIndexTest {
  @TempDir private Path home;
  private final ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);

  /** What an opened store shows, and from how many segments it had to read it. */
  private record Shown(List<Long> versions, long segments, long fromIndex) {}

  private Shown open(Path directory, IndexMode index, long newVersion) {
    try (PageStore store = IndexProgram.open(directory, index)) {
      RecoveryStats recovery = store.stats().tiers().get(1).recovery();
      Pool pool = store.pool("pages").orElseThrow();
      List<Long> versions = new ArrayList<>();
      for (int i = 0; i < IndexProgram.PAGES; i++) {
        boolean there = store.get(pool, 1, i, page);
        versions.add(there ? VersionedPages.read(page, i) : -1);
      }
      if (newVersion > 0) {
        IndexProgram.putAll(store, pool, newVersion);
      }
      return new Shown(versions, recovery.segments(), recovery.segmentsFromIndex());
    }
  }

  /** A closed store with pages put again, removed and cleaned. */
  private Path made(String name) {
    Path directory = home.resolve(name);
    try (PageStore store = IndexProgram.open(directory, IndexMode.ON)) {
      Pool pool = store.createPool("pages", PoolKind.PERSISTENT);
      IndexProgram.putAll(store, pool, 1);
      store.sync();
      for (int i = 0; i < IndexProgram.PAGES; i += 3) {
        store.flush(pool, 1, i);
      }
      for (int i = 0; i < IndexProgram.PAGES; i += 5) {
        VersionedPages.write(page, i, 2);
        store.put(pool, 1, i, page);
      }
    }
    return directory;
  }

  private static Path index(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".pci")).findFirst().orElseThrow();
    }
  }

  private static Path copy(Path directory, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  /** What the segments alone say. */
  private List<Long> truth(Path directory) throws Exception {
    return open(copy(directory, home.resolve("truth-" + directory.getFileName())), IndexMode.OFF, 0)
        .versions();
  }

  @Test
  void afterACloseTheIndexAnswersForEverySegment() throws Exception {
    Path directory = made("store");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(index(directory))))
        .isEqualTo("rw-------");
    List<Long> truth = truth(directory);
    for (int start = 0; start < 3; start++) {
      Shown shown = open(directory, IndexMode.ON, 0);
      assertThat(shown.versions()).isEqualTo(truth);
      assertThat(shown.segments()).isGreaterThan(3);
      assertThat(shown.fromIndex()).isEqualTo(shown.segments());
    }
  }

  @Test
  void aMissingIndexIsMadeAgainFromTheSegments() throws Exception {
    Path directory = made("store");
    List<Long> truth = truth(directory);
    Files.delete(index(directory));
    Shown without = open(directory, IndexMode.ON, 0);
    assertThat(without.versions()).isEqualTo(truth);
    assertThat(without.fromIndex()).isZero();
    Shown with = open(directory, IndexMode.ON, 0);
    assertThat(with.versions()).isEqualTo(truth);
    assertThat(with.fromIndex()).isEqualTo(with.segments());
  }

  @Test
  void anIndexThatIsOffIsDeleted() throws Exception {
    Path directory = made("store");
    assertThat(open(directory, IndexMode.OFF, 0).fromIndex()).isZero();
    assertThatThrownBy(() -> index(directory)).isNotNull();
  }

  @Test
  void anOldIndexDoesNotBringOldPagesBack() throws Exception {
    Path directory = made("store");
    Path old = index(directory);
    byte[] kept = Files.readAllBytes(old);
    open(directory, IndexMode.ON, 7);
    open(directory, IndexMode.ON, 8);
    List<Long> truth = truth(directory);
    Files.write(old, kept);
    assertThat(open(directory, IndexMode.ON, 0).versions()).isEqualTo(truth).containsOnly(8L);
    Shown next = open(directory, IndexMode.ON, 0);
    assertThat(next.versions()).isEqualTo(truth);
    assertThat(next.fromIndex()).isEqualTo(next.segments());
  }

  /** As a crash leaves it that kept the new place of a value and not that the old one is free. */
  @Test
  void aPartThatIsThereTwiceCountsOnce() throws Exception {
    Path directory = made("store");
    List<Long> truth = truth(directory);
    Path index = index(directory);
    int chunkBytes = Integer.parseInt(index.getFileName().toString().split("-")[2]);
    try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
      List<Long> parts = parts(file);
      byte[] part = new byte[chunkBytes];
      long free = parts.get(parts.size() - 1) + chunkBytes;
      for (long at : parts) {
        file.seek(at);
        file.readFully(part);
        file.seek(free);
        file.write(part);
        free += chunkBytes;
      }
    }
    Shown shown = open(directory, IndexMode.ON, 0);
    assertThat(shown.versions()).isEqualTo(truth);
    assertThat(shown.fromIndex()).isEqualTo(shown.segments());
  }

  private static List<Long> parts(RandomAccessFile file) throws IOException {
    byte[] head = new byte[(int) Math.min(8 << 20, file.length())];
    file.readFully(head);
    List<Long> parts = new ArrayList<>();
    for (int at = 0; at + 8 <= head.length; at++) {
      if (head[at] == 'P' && new String(head, at, 6, StandardCharsets.US_ASCII).equals("PSTIDX")) {
        parts.add((long) at);
      }
    }
    return parts;
  }

  @Test
  void theIndexOfAnotherStoreSaysNothing() throws Exception {
    Path directory = made("store");
    Path other = made("other");
    open(other, IndexMode.ON, 5);
    List<Long> truth = truth(directory);
    Files.write(index(directory), Files.readAllBytes(index(other)));
    Shown shown = open(directory, IndexMode.ON, 0);
    assertThat(shown.versions()).isEqualTo(truth);
    assertThat(shown.fromIndex()).isZero();
  }

  @Test
  void aDamagedIndexIsDetectedAndTheStoreWorksOn(Random random) throws Exception {
    Path directory = made("store");
    List<Long> truth = truth(directory);
    for (int round = 0; round < 30; round++) {
      Path damaged = copy(directory, home.resolve("damaged-" + round));
      damage(index(damaged), round % 6, random);
      Shown first = open(damaged, IndexMode.ON, 0);
      assertThat(first.versions()).as("round %d", round).isEqualTo(truth);
      assertThat(open(damaged, IndexMode.ON, 3).versions()).as("round %d", round).isEqualTo(truth);
      assertThat(open(damaged, IndexMode.ON, 0).versions()).containsOnly(3L);
    }
  }

  private static void damage(Path index, int kind, Random random) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
      switch (kind) {
        case 0 -> file.setLength(random.nextLong(file.length()));
        case 1 -> flip(file, 200, file.length(), random);
        case 2 -> flip(file, 2, 4096, random);
        case 3 -> zero(file, random.nextInt(8) * 4096L);
        case 4 -> Files.copy(index, index.resolveSibling("index-1-1-" + file.length() + ".pci"));
        default -> flip(file, 2000, 1 << 18, random);
      }
    }
  }

  private static void flip(RandomAccessFile file, int bits, long within, Random random)
      throws IOException {
    for (int i = 0; i < bits; i++) {
      long at = random.nextLong(Math.min(within, file.length()));
      file.seek(at);
      int before = file.read();
      file.seek(at);
      file.write(before ^ 1 << random.nextInt(8));
    }
  }

  /** A page of the file that a loss of power kept from the medium. */
  private static void zero(RandomAccessFile file, long at) throws IOException {
    file.seek(at);
    file.write(new byte[4096]);
  }

  /** Hazards H24 and H32: what a failed start had opened is closed again. */
  @Test
  void aStartThatFailsHalfWayLeavesNothingOpen() throws Exception {
    Path directory = made("store");
    List<Long> truth = truth(directory);
    Path wrong = directory.resolve("segment-00000099.pss");
    try (Stream<Path> files = Files.list(directory)) {
      Path segment =
          files.filter(file -> file.toString().endsWith(".pss")).findFirst().orElseThrow();
      Files.copy(segment, wrong);
    }
    assertThatThrownBy(() -> IndexProgram.open(directory, IndexMode.ON))
        .isInstanceOf(TierFailureException.class);
    assertThat(openIndexFiles()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("pagestrata-index"));
    Files.delete(wrong);
    assertThat(open(directory, IndexMode.ON, 0).versions()).isEqualTo(truth);
    assertThat(openIndexFiles()).isEmpty();
  }

  private static List<String> openIndexFiles() throws IOException {
    List<String> found = new ArrayList<>();
    Path open = Path.of("/proc/self/fd");
    if (Files.isDirectory(open)) {
      try (Stream<Path> files = Files.list(open)) {
        for (Path file : files.filter(Files::isSymbolicLink).toList()) {
          if (Files.exists(file) && Files.readSymbolicLink(file).toString().endsWith(".pci")) {
            found.add(file.toString());
          }
        }
      }
    }
    return found;
  }
}
