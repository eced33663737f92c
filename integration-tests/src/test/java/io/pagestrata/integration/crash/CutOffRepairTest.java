// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.Deduplication;
import io.pagestrata.core.Pool;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Severity;
import io.pagestrata.integration.crash.CrashDisk.Keeps;
import io.pagestrata.integration.crash.CrashModel.Key;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.tiers.file.CheckedFiles;
import io.pagestrata.tiers.file.SegmentFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A repair that dies after each single operation on the disk, with whatever a disk may keep of what
 * was not forced. What is left opens with what it had before, or says that a repair was cut off;
 * and another repair ends where the first one would have. Forbidden: a wrong page, an older one,
 * one that is lost and was not lost before.
 */
@ExtendWith(SeededRandom.class)
class CutOffRepairTest {
  private static final int STEPS = 900;
  private static final int SEGMENT_HEADER_BYTES = 4096;

  /** A page of which a get says that it is damaged. */
  private static final long LOST = -1;

  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private final ByteBuffer right = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private Set<Key> keys;
  private int crashes;
  private int refusals;

  @Test
  void losesNothingMoreWhereverItIsCutOff(Random random) throws IOException {
    Map<Key, Long> whole;
    Map<Key, Long> before;
    CrashDisk disk;
    do {
      // What is damaged may be of no use to any page; then once more.
      disk = used(random);
      whole = read(disk);
      damage(disk, random);
      before = read(disk);
    } while (!before.containsValue(LOST));
    crashAfterEachOperation(disk, random, whole, before);
  }

  private CrashDisk used(Random random) throws IOException {
    CrashDisk disk = new CrashDisk();
    CrashWorkload workload =
        new CrashWorkload(disk, random, CrashSetup.USUAL.with(Deduplication.POOL));
    for (int i = 0; i < STEPS; i++) {
      workload.step();
    }
    workload.store().close();
    keys = workload.model().keys();
    return disk;
  }

  private void crashAfterEachOperation(
      CrashDisk disk, Random random, Map<Key, Long> whole, Map<Key, Long> before)
      throws IOException {
    CrashDisk repaired = disk.afterKill();
    repair(repaired);
    Map<Key, Long> after = read(repaired);
    after.forEach((key, version) -> assertThat(version).isIn(whole.get(key), LOST));

    disk.afterChange(
        () -> {
          for (Keeps keeps : Keeps.values()) {
            crash(disk.afterPowerLoss(keeps, random), before, after);
          }
        });
    repair(disk);
    disk.afterChange(() -> {});
    assertThat(crashes).isGreaterThan(100);
    assertThat(refusals)
        .as("between the guard file's making and its end")
        .isBetween(1, crashes - 1);
  }

  /** One bit in each segment, so that it is known of which page each damaged record is. */
  private static void damage(CrashDisk disk, Random random) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (String name : disk.list()) {
      if (name.endsWith(".pss")) {
        try (SegmentFile file = disk.open(name)) {
          int room = (int) file.size() - 2 * SEGMENT_HEADER_BYTES;
          int at = SEGMENT_HEADER_BYTES + random.nextInt(Math.max(1, room));
          file.read(one.clear(), at);
          one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8)));
          file.write(one.clear(), at);
          file.force();
        }
      }
    }
  }

  private static List<Finding> repair(CrashDisk disk) throws IOException {
    return CheckedFiles.check(disk, CrashSetup.USUAL.key().encryption(), true, Long.MAX_VALUE)
        .findings();
  }

  private void crash(CrashDisk left, Map<Key, Long> before, Map<Key, Long> after) {
    crashes++;
    try {
      CrashDisk again = left.afterKill();
      try {
        assertThat(read(left)).isIn(before, after);
      } catch (UncheckedIOException refused) {
        assertThat(refused).hasMessageContaining("a repair of it was cut off");
        refusals++;
      }
      repair(again);
      assertThat(read(again)).isEqualTo(after);
      assertThat(again.list()).noneMatch(name -> name.endsWith(".new"));
      assertThat(repair(again)).noneMatch(it -> it.severity() != Severity.NOTE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The version of each page, after a look at every byte. Does not change the disk. */
  private Map<Key, Long> read(CrashDisk disk) {
    Map<Key, Long> versions = new HashMap<>();
    CrashStore store = new CrashStore(disk.afterKill(), CrashSetup.USUAL);
    for (Key key : keys) {
      Pool pool = store.store.pool(key.pool()).orElse(null);
      versions.put(key, pool == null ? CrashModel.ABSENT : version(store, pool, key));
    }
    store.close();
    return versions;
  }

  private long version(CrashStore store, Pool pool, Key key) {
    try {
      if (!store.store.get(pool, key.object(), key.index(), page)) {
        return CrashModel.ABSENT;
      }
    } catch (CorruptPageException e) {
      return LOST;
    }
    long version = page.getLong(0);
    CrashModel.fill(right, key, (int) version);
    assertThat(page.mismatch(right)).as("%s of version %d", key, version).isNegative();
    return version;
  }
}
