// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Incompressible pages among small ones, half of them freed, the rest moved by compaction. Age is
 * kept beside the zspages, so the order of eviction must be exactly the order of the puts.
 */
class H19_compactionKeepsAge {
  private static final int PAGES = 3000;

  @Test
  void evictionFollowsAgeWhateverTheSizeAndThePlace() {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(4096)) {
      SplittableRandom random = new SplittableRandom(19);
      for (long object = 0; object < PAGES; object++) {
        assertThat(rig.put(object, 32 + (random.nextBoolean() ? 4096 : 300))).isTrue();
      }
      for (long object = 0; object < PAGES; object++) {
        if (random.nextBoolean()) {
          rig.remove(object);
        }
      }
      rig.compactFully();
      assertThat(rig.pool.stats().compactedZpages()).isPositive();
      List<Long> left = rig.table.keySet().stream().sorted().toList();
      List<Long> evicted = new ArrayList<>();
      while (rig.pool.showColdest(
              (memory, offset, bytes, locator, backing) ->
                  evicted.add(ZpageHeader.object(memory, offset)),
              Long.MAX_VALUE)
          != UpperTier.NOTHING) {}
      assertThat(evicted).isEqualTo(left);
    }
  }
}
