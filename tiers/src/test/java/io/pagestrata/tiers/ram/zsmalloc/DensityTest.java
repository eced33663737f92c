// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Zpage bytes against all memory taken (frames, handles, ages), with the sizes of real zpages.
 * These are counts, so they are the same on every machine with the same JDK.
 */
class DensityTest {
  private static final long POOL_BYTES = 256L << 20;
  private static final int CHURN = 10;

  /** Files of newer JDKs compress to sizes that waste more: 0.946 with 25, 0.961 with 17. */
  private static final double AFTER_FILLING = 0.94;

  private static final double AFTER_CHURN = 0.92;
  private static final int FREES_IN_CHURN = 3;

  @Test
  void realSizesAreHeldDensely() {
    int[] sizes = RealSizes.ofThisJdk();
    SplittableRandom random = new SplittableRandom(4);
    try (ZsmallocRig rig = new ZsmallocRig(ZsmallocSettings.of(POOL_BYTES, 4096))) {
      int objects = 0;
      while (rig.put(objects, sizes[random.nextInt(sizes.length)])) {
        objects++;
      }
      assertThat(density(rig)).isGreaterThanOrEqualTo(AFTER_FILLING);

      for (long i = 0; i < (long) CHURN * objects; i++) {
        long object = random.nextInt(objects);
        if (random.nextInt(FREES_IN_CHURN) == 0) {
          rig.remove(object);
        } else {
          rig.putEvicting(object, sizes[random.nextInt(sizes.length)]);
        }
      }
      rig.compactFully();
      assertThat(density(rig)).isGreaterThanOrEqualTo(AFTER_CHURN);
    }
  }

  private static double density(ZsmallocRig rig) {
    return (double) rig.pool.liveBytes() / rig.pool.usedBytes();
  }
}
