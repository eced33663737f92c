// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactLruTest {
  private static final int PAGES = 64;

  @Test
  void behavesLikeAMapInAccessOrder() {
    for (int capacity : new int[] {1, 2, 17, PAGES}) {
      ExactLru lru = new ExactLru(capacity, PAGES);
      Map<Integer, Boolean> reference = new LinkedHashMap<>(16, 0.75f, true);
      Random random = new Random(42);
      for (int step = 0; step < 10_000; step++) {
        int page = random.nextInt(PAGES);
        if (random.nextInt(8) == 0) {
          lru.remove(page);
          reference.remove(page);
        } else {
          assertThat(lru.use(page)).as("step %d", step).isEqualTo(reference.get(page) != null);
          reference.put(page, true);
          if (reference.size() > capacity) {
            reference.remove(reference.keySet().iterator().next());
          }
        }
        assertThat(lru.size()).isEqualTo(reference.size());
      }
    }
  }
}
