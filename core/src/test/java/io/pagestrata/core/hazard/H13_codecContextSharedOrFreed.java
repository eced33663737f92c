// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.StoreClosedException;
import io.pagestrata.core.testing.FakeCodecs;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Fails: nothing; the codec is switched, and the store closed, while puts and gets run. Succeeds:
 * every operation until close, whatever codec made the zpage. Must hold: no context has two users
 * or one after its end (the fake codecs tell), all are closed.
 */
class H13_codecContextSharedOrFreed {
  @Test
  void switchAndCloseWhilePutsAndGetsRun() {
    StoreRig rig = StoreRig.builder().slots(64).open();
    AtomicInteger rounds = new AtomicInteger();
    List<Threads.Task> tasks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int owner = i;
      tasks.add(
          () -> {
            Random random = new Random(owner);
            try {
              for (long version = 1; ; version++) {
                int index = owner * 8 + random.nextInt(8);
                assertThat(rig.put(rig.swap, 1, index, version)).isTrue();
                assertThat(rig.get(rig.swap, 1, index)).isEqualTo(version);
                rounds.incrementAndGet();
              }
            } catch (StoreClosedException e) {
              assertThat(rounds.get()).isPositive();
            }
          });
    }
    tasks.add(
        () -> {
          List<FakeCodecs.Fake> codecs = List.of(rig.none, rig.trimming, rig.otherTrimming);
          for (int i = 0; rounds.get() < 5_000; i++) {
            rig.store.switchCodec(codecs.get(i % 3));
          }
          rig.store.close();
        });
    Threads.run(tasks);
    for (FakeCodecs.Fake codec : List.of(rig.none, rig.trimming, rig.otherTrimming)) {
      assertThat(codec.openContexts).as("contexts of %s left", codec.name()).hasValue(0);
    }
    rig.close();
  }

  @Test
  void zpagesOfEveryCodecStayReadable() {
    try (StoreRig rig = StoreRig.builder().open()) {
      List<FakeCodecs.Fake> codecs = List.of(rig.none, rig.trimming, rig.otherTrimming);
      for (int i = 0; i < 9; i++) {
        rig.store.switchCodec(codecs.get(i % 3));
        rig.put(rig.swap, 1, i, i);
        if (i % 2 == 0) {
          rig.writeback.demote(0, true);
        }
      }
      for (int i = 0; i < 9; i++) {
        assertThat(rig.get(rig.swap, 1, i)).isEqualTo(i);
      }
    }
  }
}
