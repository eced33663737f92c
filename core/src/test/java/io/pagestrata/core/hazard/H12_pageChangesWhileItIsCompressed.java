// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.StoreIntent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Fails: the caller, who changes the page while a put reads it, also between two tries of one put.
 * Succeeds: the put, with some mixture as content. Must hold: no neighbour is overrun, the zpage is
 * whole, every other page is untouched.
 */
class H12_pageChangesWhileItIsCompressed {
  @Test
  void neighboursAndChecksumsStayWhole() {
    try (StoreRig rig = StoreRig.builder().slots(8).open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.put(rig.swap, 1, 3, 1);
      ByteBuffer page = ByteBuffer.allocateDirect(rig.pageBytes);
      AtomicBoolean done = new AtomicBoolean();
      Threads.run(
          List.of(
              () -> {
                Random random = new Random(12);
                while (!done.get()) {
                  // From a page that shrinks to nothing to one that does not shrink, and back.
                  for (int i = 0; i < rig.pageBytes; i += 8) {
                    page.putLong(i, random.nextLong());
                  }
                  for (int i = 0; i < rig.pageBytes; i += 8) {
                    page.putLong(i, 0);
                  }
                }
              },
              () -> {
                byte[] target = new byte[rig.pageBytes];
                try {
                  for (int i = 0; i < 5_000; i++) {
                    assertThat(rig.store.put(rig.swap, 1, 2, page).isStored()).isTrue();
                    assertThat(rig.store.get(rig.swap, 1, 2, target, 0)).isTrue();
                  }
                } finally {
                  done.set(true);
                }
              }));
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 3)).isEqualTo(1);
    }
  }

  @Test
  void aPageThatGrewBetweenTwoTriesIsCompressedAnew() {
    StoreRig.Builder builder = StoreRig.builder().putWait(Duration.ofDays(1));
    try (StoreRig rig = builder.open()) {
      byte[] page = PageStamp.page(rig.pageBytes, 1, 2, 1);
      byte[] larger = new byte[rig.pageBytes];
      new Random(13).nextBytes(larger);
      rig.top().faults.refuse(StoreIntent.PUT);
      rig.top()
          .faults
          .onRefusal(
              () -> {
                System.arraycopy(larger, 0, page, 0, page.length);
                rig.top().faults.refuse();
                rig.top().host().spaceFreed();
              });
      assertThat(rig.store.put(rig.swap, 1, 2, page, 0).isStored()).isTrue();
      byte[] target = new byte[rig.pageBytes];
      assertThat(rig.store.get(rig.swap, 1, 2, target, 0)).isTrue();
      assertThat(target).isEqualTo(larger);
    }
  }
}
