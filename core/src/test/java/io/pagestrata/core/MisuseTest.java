// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.testing.FakeCodecs;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Tier;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller's mistake is named at once and changes nothing. */
class MisuseTest {
  @Test
  void buffersThatAreTooSmall() {
    try (StoreRig rig = StoreRig.builder().open()) {
      ByteBuffer small = ByteBuffer.allocateDirect(4096).position(1);
      byte[] array = new byte[4097];
      String message = "the buffer has 4095 bytes of the 4096 needed";
      assertThatThrownBy(() -> rig.store.put(rig.swap, 1, 1, small)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.get(rig.swap, 1, 1, small)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.take(rig.swap, 1, 1, small)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.put(rig.swap, 1, 1, array, 2)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.get(rig.swap, 1, 1, array, 2)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.take(rig.swap, 1, 1, array, 2)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.putRange(rig.swap, 1, 1, 2, ByteBuffer.allocate(8191)))
          .hasMessage("the buffer has 8191 bytes of the 8192 needed");
      assertThatThrownBy(() -> rig.store.getRange(rig.swap, 1, 1, 2, ByteBuffer.allocate(8191)))
          .hasMessage("the buffer has 8191 bytes of the 8192 needed");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 4098, Integer.MAX_VALUE})
  void offsetsOutsideTheArray(int offset) {
    try (StoreRig rig = StoreRig.builder().open()) {
      byte[] array = new byte[4097];
      String message = "the offset " + offset + " is not in the array of 4097 bytes";
      assertThatThrownBy(() -> rig.store.put(rig.swap, 1, 1, array, offset))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> rig.store.get(rig.swap, 1, 1, array, offset)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.take(rig.swap, 1, 1, array, offset)).hasMessage(message);
    }
  }

  @Test
  void argumentsThatAreNullAreNamed() {
    try (StoreRig rig = StoreRig.builder().open()) {
      byte[] page = new byte[4096];
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      PageStore store = rig.store;
      assertNullIsNamed("pool", () -> store.put(null, 1, 1, page, 0));
      assertNullIsNamed("pool", () -> store.put(null, 1, 1, buffer));
      assertNullIsNamed("pool", () -> store.get(null, 1, 1, page, 0));
      assertNullIsNamed("pool", () -> store.take(null, 1, 1, buffer));
      assertNullIsNamed("pool", () -> store.prefetch(null, 1, 1, 1));
      assertNullIsNamed("pool", () -> store.flush(null, 1, 1));
      assertNullIsNamed("pool", () -> store.flushObject(null, 1));
      assertNullIsNamed("pool", () -> store.destroyPool(null));
      assertNullIsNamed("page", () -> store.put(rig.swap, 1, 1, null));
      assertNullIsNamed("page", () -> store.put(rig.swap, 1, 1, null, 0));
      assertNullIsNamed("pages", () -> store.putRange(rig.swap, 1, 1, 1, null));
      assertNullIsNamed("target", () -> store.get(rig.swap, 1, 1, null));
      assertNullIsNamed("target", () -> store.get(rig.swap, 1, 1, null, 0));
      assertNullIsNamed("target", () -> store.take(rig.swap, 1, 1, null));
      assertNullIsNamed("target", () -> store.take(rig.swap, 1, 1, null, 0));
      assertNullIsNamed("target", () -> store.getRange(rig.swap, 1, 1, 1, null));
      assertNullIsNamed("spec", () -> store.createPool(null));
      assertNullIsNamed("codec", () -> store.switchCodec(null));
      assertNullIsNamed("request", () -> store.writeBack(null));
    }
  }

  private static void assertNullIsNamed(String argument, ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("\"" + argument + "\" is null");
  }

  @Test
  void poolsWithoutNameOrKind() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThatThrownBy(() -> rig.store.createPool(null, PoolKind.PERSISTENT))
          .hasMessage("name of the pool");
      assertThatThrownBy(() -> rig.store.createPool("new", null)).hasMessage("kind of the pool");
      assertThat(rig.store.pool("new")).isEmpty();
      for (String wrong : List.of("", "x".repeat(129), "two\nlines")) {
        assertThatThrownBy(() -> rig.store.createPool(wrong, PoolKind.PERSISTENT))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "the name of a pool has 1 to 128 characters on one line, not these "
                    + wrong.length());
        assertThat(rig.store.pool(wrong)).isEmpty();
      }
      rig.store.createPool("x".repeat(128), PoolKind.PERSISTENT);
    }
  }

  @Test
  void readOnlyTargetsAreRefusedBeforeATakeCanLoseThePage() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 3);
      for (ByteBuffer target :
          List.of(ByteBuffer.allocate(4096), ByteBuffer.allocateDirect(4096))) {
        ByteBuffer readOnly = target.asReadOnlyBuffer();
        assertThatThrownBy(() -> rig.store.take(rig.swap, 1, 1, readOnly))
            .isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> rig.store.get(rig.swap, 1, 1, readOnly))
            .isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> rig.store.getRange(rig.swap, 1, 1, 1, readOnly))
            .isInstanceOf(ReadOnlyBufferException.class);
      }
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(3);
    }
  }

  @Test
  void poolsOfAnotherStore() {
    try (StoreRig rig = StoreRig.builder().open();
        StoreRig other = StoreRig.builder().open()) {
      byte[] page = PageStamp.page(4096, 1, 1, 1);
      String message = "pool 'swap' belongs to another store";
      assertThatThrownBy(() -> rig.store.put(other.swap, 1, 1, page, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> rig.store.get(other.swap, 1, 1, page, 0)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.flush(other.swap, 1, 1)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.flushObject(other.swap, 1)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.destroyPool(other.swap)).hasMessage(message);
    }
  }

  @Test
  void destroyedPools() {
    try (StoreRig rig = StoreRig.builder().open()) {
      Pool pool = rig.store.createPool("gone", PoolKind.PERSISTENT);
      assertThat(rig.put(pool, 1, 1, 1)).isTrue();
      assertThat(rig.store.destroyPool(pool)).isEqualTo(1);
      assertThat(rig.store.pool("gone")).isEmpty();
      String message = "pool 'gone' was destroyed";
      assertThatThrownBy(() -> rig.put(pool, 1, 1, 1))
          .isInstanceOf(PoolDestroyedException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> rig.get(pool, 1, 1)).hasMessage(message);
      assertThatThrownBy(() -> rig.take(pool, 1, 1)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.flushRange(pool, 1, 1, 1)).hasMessage(message);
      assertThatThrownBy(() -> rig.store.destroyPool(pool)).hasMessage(message);
      Pool again = rig.store.createPool("gone", PoolKind.EPHEMERAL);
      assertThat(again.id()).isGreaterThan(pool.id());
      assertThat(rig.get(again, 1, 1)).isEqualTo(-1);
    }
  }

  @Test
  void poolNamesAreUnique() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThatThrownBy(() -> rig.store.createPool("swap", PoolKind.EPHEMERAL))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a pool named 'swap' exists already");
      assertThat(rig.store.pools()).containsExactly(rig.swap, rig.cache);
    }
  }

  @Test
  void codecsThatNobodyCouldDecode() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThatThrownBy(() -> rig.store.switchCodec(FakeCodecs.trimming(9)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("codec trimming-9 has id 9, which this store cannot decode");
    }
    FakeCodecs.Fake none = FakeCodecs.none();
    FakeCodecs.Fake trimming = FakeCodecs.trimming(9);
    assertThatThrownBy(() -> open(List.of(none), trimming))
        .hasMessage("codec trimming-9 has id 9, which this store cannot decode");
    assertThatThrownBy(() -> open(List.of(trimming), trimming))
        .hasMessage("no codec has id 0, which pages that do not shrink need");
  }

  private static PageStore open(List<FakeCodecs.Fake> codecs, FakeCodecs.Fake codec) {
    Tier tier = new HeapTier("tier0", 4096, 4, HeapTier.Kind.PLAIN);
    PromotionPolicy never = (distance, capacity, referenced) -> false;
    return new PageStore(
        StoreSettings.defaults(),
        List.of(tier),
        new MemoryBudget(1 << 20),
        List.copyOf(codecs),
        codec,
        never,
        hierarchy -> Writeback.NONE);
  }

  @Test
  void chainsOfNoneOrTooManyTiers() {
    FakeCodecs.Fake none = FakeCodecs.none();
    for (int count : List.of(0, 5)) {
      Tier tier = new HeapTier("tier0", 4096, 4, HeapTier.Kind.PLAIN);
      assertThatThrownBy(
              () ->
                  new PageStore(
                      StoreSettings.defaults(),
                      Collections.nCopies(count, tier),
                      new MemoryBudget(1 << 20),
                      List.of(none),
                      none,
                      (distance, capacity, referenced) -> false,
                      hierarchy -> Writeback.NONE))
          .hasMessage("a chain has 1 to 4 tiers, not " + count);
    }
  }

  @Test
  void pageSizesThatAreNone() {
    for (int bytes : List.of(0, 2048, 4097, 12288, 131072, -4096)) {
      Duration wait = Duration.ZERO;
      assertThatThrownBy(() -> new StoreSettings(bytes, wait, wait, true, System::nanoTime))
          .hasMessage("page size " + bytes + " is not a power of two from 4096 to 65536 bytes");
    }
  }
}
