// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.PageLog;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools that several users name by the same 128 bits. */
class SharedPoolTest {
  private static final UUID ID = new UUID(0x1122_3344_5566_7788L, 42);

  @ParameterizedTest
  @EnumSource(PoolKind.class)
  void allUsersSeeOnePoolUntilTheLastLeaves(PoolKind kind) {
    try (StoreRig rig = StoreRig.builder().open()) {
      Pool first = rig.store.createPool(PoolSpec.shared(ID, kind));
      Pool second = rig.store.createPool(PoolSpec.shared(ID, kind));
      rig.put(first, 1, 1, 7);
      assertThat(rig.get(second, 1, 1)).isEqualTo(7);
      assertThat(rig.get(second, 1, 1)).as("a get takes nothing away").isEqualTo(7);
      assertThat(rig.store.destroyPool(first)).isZero();
      assertThat(rig.get(second, 1, 1)).isEqualTo(7);
      assertThat(rig.store.destroyPool(second)).isEqualTo(1);
      assertThatThrownBy(() -> rig.get(second, 1, 1)).isInstanceOf(PoolDestroyedException.class);
      Pool next = rig.store.createPool(PoolSpec.shared(ID, kind));
      assertThat(rig.get(next, 1, 1)).as("a new pool starts empty").isEqualTo(-1);
      assertThat(next.id()).isNotEqualTo(second.id());
    }
  }

  @Test
  void afterARestartItGoesWithTheLastOfThoseWhoJoinedItAgain() {
    PageLog.SavedPool saved =
        new PageLog.SavedPool(1, ID.toString(), TenantLimits.DEFAULT_NAME, true, false);
    HeapLog log = new HeapLog(List.of(saved), (tier, visitor) -> 0);
    try (StoreRig rig = StoreRig.builder().log(log).open()) {
      Pool first = rig.store.createPool(PoolSpec.shared(ID, PoolKind.PERSISTENT));
      Pool second = rig.store.createPool(PoolSpec.shared(ID, PoolKind.PERSISTENT));
      assertThat(first).isSameAs(second);
      assertThat(first.id()).isEqualTo(1);
      rig.put(first, 1, 1, 7);
      assertThat(rig.store.destroyPool(first)).isZero();
      assertThat(rig.store.destroyPool(second)).isEqualTo(1);
      assertThat(rig.store.pool(ID.toString())).isEmpty();
      assertThat(log.saved).extracting(PageLog.SavedPool::name).containsExactly("swap");
    }
  }

  @Test
  void afterARestartWhoFindsItByNameMayDestroyIt() {
    PageLog.SavedPool saved =
        new PageLog.SavedPool(1, ID.toString(), TenantLimits.DEFAULT_NAME, true, false);
    HeapLog log = new HeapLog(List.of(saved), (tier, visitor) -> 0);
    try (StoreRig rig = StoreRig.builder().log(log).open()) {
      rig.store.destroyPool(rig.store.pool(ID.toString()).orElseThrow());
      assertThat(rig.store.pool(ID.toString())).isEmpty();
    }
  }

  @Test
  void aPrivatePoolCannotBeJoinedNorASharedOneOfAnotherKind() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.store.createPool(ID.toString(), PoolKind.PERSISTENT);
      assertThatThrownBy(() -> rig.store.createPool(PoolSpec.shared(ID, PoolKind.PERSISTENT)))
          .hasMessageContaining("exists already");
      UUID other = new UUID(1, 2);
      rig.store.createPool(PoolSpec.shared(other, PoolKind.PERSISTENT));
      assertThatThrownBy(() -> rig.store.createPool(PoolSpec.shared(other, PoolKind.EPHEMERAL)))
          .hasMessageContaining("exists already");
      assertThatThrownBy(() -> rig.store.createPool(other.toString(), PoolKind.PERSISTENT))
          .hasMessageContaining("exists already");
    }
  }
}
