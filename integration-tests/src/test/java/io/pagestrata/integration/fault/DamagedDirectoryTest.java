// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.StoreFiles;
import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Remedy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens to the files of a store: a check finds it, the store never takes other bytes or
 * older contents for a page, and a repair gives a store that opens and is clean.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedDirectoryTest {
  private static final int SEEDS = 4;
  private static final int HEADER_BYTES = 4096;
  private static final long END_MAGIC = 0x50535445_4e441a0aL; // "PSTEND" SUB LF

  private Path directory;
  private DamageRig plain;
  private DamageRig encrypted;
  private int copies;

  @BeforeAll
  void makeStores(@TempDir Path shared) throws IOException {
    directory = shared;
    plain = DamageRig.inTheClear(directory.resolve("p"));
    encrypted = DamageRig.encrypted(directory.resolve("e"));
  }

  private static Inspection check(DamageRig rig, Path store, boolean repair) throws IOException {
    return StoreFiles.check(store, rig.keys(), repair, repair, CheckProgress.NONE);
  }

  private Path copy(DamageRig rig, boolean closed) throws IOException {
    return rig.copy(closed, directory.resolve("copy" + copies++));
  }

  @Test
  void aStoreThatWasClosedIsCleanAndOneThatWasKilledNeedsNoRepair() throws IOException {
    for (DamageRig rig : new DamageRig[] {plain, encrypted}) {
      Inspection closed = check(rig, copy(rig, true), false);
      assertThat(closed.findings()).isEmpty();
      assertThat(closed.totals().pages()).isEqualTo(DamageRig.PAGES * 4 / 5);
      assertThat(closed.totals().damagedRecords()).isZero();
      Path killed = copy(rig, false);
      assertThat(check(rig, killed, false).left()).isZero();
      assertThat(rig.read(killed).right()).isEqualTo(DamageRig.PAGES);
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void isFoundAndNeverServed(Damage damage) throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      tryOut(plain, damage, true, seed);
      tryOut(plain, damage, false, seed);
      tryOut(encrypted, damage, true, seed);
    }
  }

  private void tryOut(DamageRig rig, Damage damage, boolean closed, int seed) throws IOException {
    String what =
        damage
            + (closed ? " closed" : " killed")
            + (rig == encrypted ? " encrypted" : "")
            + " seed "
            + seed;
    Path store = copy(rig, closed);
    Path whole = copy(rig, closed);
    damage.apply(store, new Random(seed * 31L + damage.ordinal()));
    Path opened = directory.resolve("copy" + copies++);
    DamageRig.copy(store, opened);
    boolean shows = closed || damage.showsAfterAKill();

    Inspection found = check(rig, store, false);
    if (shows) {
      assertThat(found.findings()).as(what).isNotEmpty();
    }
    boolean unknown =
        found.findings().stream().anyMatch(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE);
    boolean torn = !closed && isTorn(whole, store);

    DamageRig.Outcome damaged = rig.read(opened);
    if (shows && !torn) {
      assertThat(damaged.wrong()).as(what + " opened, found " + found.findings()).isEmpty();
    }
    if (damaged.opened() && found.left() == 0 && shows && !torn) {
      assertThat(damaged.refused()).as(what + " refused, found " + found.findings()).isZero();
    }

    Inspection repaired = check(rig, store, true);
    assertThat(repaired.left()).as(what + " repaired " + repaired.findings()).isZero();
    assertThat(check(rig, store, false).findings()).as(what + " after the repair").isEmpty();
    DamageRig.Outcome after = rig.read(store);
    assertThat(after.opened()).as(what + " opens after " + repaired.findings()).isTrue();
    if (shows && !unknown && !torn) {
      assertThat(after.wrong()).as(what + " after " + repaired.findings()).isEmpty();
      assertThat(after.right()).as(what).isGreaterThanOrEqualTo(damaged.right());
    }
  }

  /**
   * Whether a crash explains what happened to a segment: it lies within the last write of one that
   * has no footer, or took the footer off, which is all that tells a sealed segment from such a one
   * when the store was killed.
   */
  private static boolean isTorn(Path whole, Path damaged) throws IOException {
    boolean torn = false;
    for (Path segment : DamageRig.segments(whole)) {
      Path changed = damaged.resolve(segment.getFileName());
      byte[] before = Files.readAllBytes(segment);
      byte[] after = Files.exists(changed) ? Files.readAllBytes(changed) : before;
      boolean sealed = isSealed(before);
      torn |= sealed && !isSealed(after);
      for (int at = before.length - 1; !sealed && !torn && at >= lastWrite(before); at--) {
        torn = at >= after.length || before[at] != after[at];
      }
    }
    return torn;
  }

  private static boolean isSealed(byte[] segment) {
    int end = segment.length - Long.BYTES;
    return end >= HEADER_BYTES && ByteBuffer.wrap(segment).getLong(end) == END_MAGIC;
  }

  private static int lastWrite(byte[] segment) {
    return Math.max(HEADER_BYTES, segment.length - DamageRig.BATCH_BYTES);
  }
}
