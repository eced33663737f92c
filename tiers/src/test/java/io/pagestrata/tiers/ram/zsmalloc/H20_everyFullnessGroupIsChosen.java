// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One zspage in one group of fullness, down to a single zpage in it, among full ones. Stores must
 * find its free slots, and compaction must empty it, or it is kept for ever.
 */
class H20_everyFullnessGroupIsChosen {
  private static final int ZPAGE_BYTES = 200;
  private static final int FRAMES = 16384;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void storesFillIt(int group) {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      List<Long> first = fillZspage(rig, 0);
      long full = rig.pool.usedBytes();
      int used = Math.max(1, (group * first.size() + 7) / ZspageGroups.PARTIAL_GROUPS);
      first.subList(used, first.size()).forEach(rig::remove);
      assertThat(groupsOf(rig).first(group)).as("group of %d zpages", used).isNotNegative();
      for (int i = used; i < first.size(); i++) {
        assertThat(rig.put(1000 + i, ZPAGE_BYTES)).isTrue();
      }
      assertThat(rig.pool.usedBytes()).as("no second zspage").isEqualTo(full);
      PoolWalk.check(rig);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 6, 8, 10, 12, 15})
  void compactionEmptiesIt(int left) {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      List<Long> sparse = fillZspage(rig, 0);
      List<Long> fuller = fillZspage(rig, 1000);
      List<Long> fullest = fillZspage(rig, 2000);
      int kept = Math.min(left, sparse.size() / 2);
      sparse.subList(kept, sparse.size()).forEach(rig::remove);
      fuller.subList(0, kept).forEach(rig::remove);
      long used = rig.pool.usedBytes();

      assertThat(rig.pool.compact()).isPositive();
      assertThat(rig.pool.usedBytes()).isLessThan(used);
      assertThat(rig.pool.compact()).as("nothing more to gain").isZero();
      assertThat(rig.pool.stats().compactedZpages()).isEqualTo(kept);
      assertThat(rig.table).hasSize(fuller.size() + fullest.size());
      rig.table.keySet().forEach(object -> assertThat(rig.holds(object)).isTrue());
      PoolWalk.check(rig);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 100, 1000, 2500})
  void compactionChoosesEverySize(int zpageBytes) {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      for (long object = 0; object < 4000; object++) {
        assertThat(rig.put(object, zpageBytes)).isTrue();
      }
      for (long object = 0; object < 4000; object++) {
        if (object % 4 > 0) {
          rig.remove(object);
        }
      }
      rig.compactFully();
      assertThat(rig.pool.stats().compactedZpages()).isPositive();
      PoolWalk.check(rig);
    }
  }

  /** Puts as many zpages as one zspage of their class holds. */
  private static List<Long> fillZspage(ZsmallocRig rig, long first) {
    List<Long> objects = new ArrayList<>();
    for (int i = 0; i < groupsOf(rig).sizeClass.slots(); i++) {
      assertThat(rig.put(first + i, ZPAGE_BYTES)).isTrue();
      objects.add(first + i);
    }
    return objects;
  }

  private static ZspageGroups groupsOf(ZsmallocRig rig) {
    SizeClasses classes = new SizeClasses(ZsmallocRig.FRAME_BYTES, 8);
    return rig.pool.groups[classes.of(classes.units(ZPAGE_BYTES, false)).index()];
  }
}
