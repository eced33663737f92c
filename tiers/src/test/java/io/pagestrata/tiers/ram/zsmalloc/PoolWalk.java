// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.UpperTier;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Walks a whole pool that nobody is using: every frame in one zspage, every used slot with one
 * handle that names it, every handle in one region of age, and all bytes adding up.
 */
final class PoolWalk {
  private final ZsmallocPool pool;
  private final BitSet frames = new BitSet();
  private final Set<Integer> handles = new HashSet<>();
  private long units;

  private PoolWalk(ZsmallocPool pool) {
    this.pool = pool;
  }

  static void check(ZsmallocRig rig) {
    PoolWalk walk = new PoolWalk(rig.pool);
    for (ZspageGroups groups : rig.pool.groups) {
      walk.checkClass(groups);
    }
    assertThat(walk.handles)
        .containsExactlyInAnyOrderElementsOf(
            rig.table.values().stream().map(HandleWord::handle).toList());
    long tables = rig.pool.usedBytes() - (long) walk.frames.cardinality() * walk.frameBytes();
    assertThat(tables)
        .as("pages of handles and ages")
        .isBetween((long) rig.table.size() * Handles.BYTES, rig.pool.usedBytes())
        .matches(bytes -> bytes % Room.TABLE_PAGE_BYTES == 0);
    assertThat(rig.pool.liveBytes()).isEqualTo(walk.units * walk.frameBytes() / 512);
    assertThat(rig.pool.stats().zpages()).isEqualTo(walk.handles.size());
    assertThat(rig.pool.stats().zpageBytes()).isEqualTo(rig.pool.liveBytes());
    assertThat(rig.budget.usedBytes()).isBetween(rig.pool.usedBytes(), rig.budget.limitBytes());
  }

  private int frameBytes() {
    return ZsmallocRig.FRAME_BYTES;
  }

  private void checkClass(ZspageGroups groups) {
    long used = 0;
    long slots = 0;
    for (int group = 0; group <= ZspageGroups.PARTIAL_GROUPS; group++) {
      int previous = Zspages.NONE;
      for (int at = groups.first(group); at != Zspages.NONE; at = pool.zspages.next(at)) {
        assertThat(pool.zspages.previous(at)).isEqualTo(previous);
        previous = at;
        checkZspage(groups.sizeClass, at, group);
        used += pool.zspages.usedSlots(at);
        slots += groups.sizeClass.slots();
      }
    }
    assertThat(groups.usedSlots()).isEqualTo(used);
    assertThat(groups.freeSlots()).isEqualTo(slots - used);
  }

  private void checkZspage(SizeClass sizeClass, int zspage, int group) {
    for (int k = 0; k < sizeClass.frames(); k++) {
      int frame = pool.zspages.frame(zspage, k);
      assertThat(frames.get(frame)).as("frame %d in two zspages", frame).isFalse();
      frames.set(frame);
    }
    int used = 0;
    for (int slot = 0; slot < sizeClass.slots(); slot++) {
      int handle = pool.zspages.owner(sizeClass, zspage, slot);
      if (handle != Zspages.NONE) {
        used++;
        checkHandle(sizeClass, handle, HandleWord.place(zspage, slot));
      }
    }
    assertThat(used).isPositive().isEqualTo(pool.zspages.usedSlots(zspage));
    assertThat(group).isEqualTo(used * ZspageGroups.PARTIAL_GROUPS / sizeClass.slots());
  }

  private void checkHandle(SizeClass sizeClass, int handle, long place) {
    long word = pool.handles.word(handle);
    assertThat(HandleWord.isLive(word) && !HandleWord.isPinned(word)).isTrue();
    assertThat(HandleWord.place(word)).isEqualTo(place);
    assertThat(HandleWord.units(word) * frameBytes() / 512)
        .isLessThanOrEqualTo(sizeClass.slotBytes());
    assertThat(handles.add(handle)).as("handle of two slots").isTrue();
    units += HandleWord.units(word);
  }

  /** Shows all regions, then settles them: each zpage must be in exactly one. */
  static void checkAges(ZsmallocRig rig) {
    List<Long> regions = new ArrayList<>();
    List<Long> shown = new ArrayList<>();
    long region;
    do {
      region =
          rig.pool.showColdest(
              (memory, offset, bytes, locator, backing) -> shown.add(locator), Long.MAX_VALUE);
      regions.add(region);
    } while (region != UpperTier.NOTHING);
    assertThat(shown).containsExactlyInAnyOrderElementsOf(rig.table.values());
    regions.forEach(rig.pool::settle);
  }
}
