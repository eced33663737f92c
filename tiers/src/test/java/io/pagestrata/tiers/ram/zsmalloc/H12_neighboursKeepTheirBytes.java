// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every size, with and without trailer, stored into the holes between others and moved by
 * compaction. No byte of a neighbour may change, in whatever frame it lies, and what lies behind a
 * zpage that is read must be zero (hazard H11: no leftovers of others leave the pool).
 */
class H12_neighboursKeepTheirBytes {
  private static final int LARGEST = 32 + 4096;
  private static final int UNIT_BYTES = 8;
  private static final long BACKING = -2L >>> 16;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 16})
  void holesOfEverySizeAreFilledAndMoved(int zspageFrames) {
    ZsmallocSettings settings =
        new ZsmallocSettings(64L << 20, ZsmallocRig.FRAME_BYTES, zspageFrames, 1, false);
    try (ZsmallocRig rig = new ZsmallocRig(settings)) {
      List<Integer> sizes = new ArrayList<>();
      for (int bytes = 33; bytes <= LARGEST; bytes++) {
        sizes.add(bytes);
        put(rig, bytes, bytes);
        put(rig, LARGEST + bytes, bytes);
      }
      Collections.shuffle(sizes, new Random(zspageFrames));
      for (int bytes : sizes) {
        rig.remove(bytes);
        // The same slot is filled to its last byte first.
        int full = 4 * LARGEST + bytes % 2;
        put(rig, full, (bytes + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES);
        rig.remove(full);
        put(rig, bytes, bytes);
      }
      checkAll(rig, sizes);
      sizes.subList(0, sizes.size() / 2).forEach(bytes -> rig.remove(LARGEST + bytes));
      rig.compactFully();
      assertThat(rig.pool.stats().compactedZpages()).isPositive();
      checkAll(rig, sizes);
      PoolWalk.check(rig);
    }
  }

  private static void put(ZsmallocRig rig, int object, int bytes) {
    long backing = object % 2 == 0 ? UpperTier.NO_BACKING : BACKING;
    assertThat(rig.put(object, bytes, backing, StoreIntent.PUT)).isTrue();
  }

  private static void checkAll(ZsmallocRig rig, List<Integer> sizes) {
    for (int bytes : sizes) {
      long locator = rig.table.get((long) bytes);
      assertThat(rig.holds(bytes)).as("%d bytes", bytes).isTrue();
      assertThat(rig.pool.backing(locator))
          .isEqualTo(bytes % 2 == 0 ? UpperTier.NO_BACKING : BACKING);
      rig.pool.read(
          locator,
          (memory, offset, available) -> {
            for (int at = bytes; at < available; at++) {
              assertThat(memory.get(offset + at)).as("byte %d of %d", at, bytes).isZero();
            }
            return 0;
          });
    }
  }
}
