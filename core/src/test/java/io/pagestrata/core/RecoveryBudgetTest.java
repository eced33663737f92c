// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A store whose memory is too small for what is stored says so when it opens. */
class RecoveryBudgetTest {
  private static final int POOL = 1;
  private static final int CONTENTS = 2;
  private static final long GENERATION = 9;

  private static HeapLog log() {
    return new HeapLog(
        List.of(
            new PageLog.SavedPool(POOL, "old", TenantLimits.DEFAULT_NAME, false, false),
            new PageLog.SavedPool(CONTENTS, "content", TenantLimits.DEFAULT_NAME, false, true)),
        RecoveryBudgetTest::showRecordWithoutContent);
  }

  private static long showRecordWithoutContent(HeapTier tier, PageLog.Visitor visitor) {
    ByteBuffer record = ByteBuffer.allocateDirect(ContentRecord.BYTES);
    ZpageHeader.write(
        record,
        0,
        POOL,
        1,
        5,
        GENERATION,
        PageCodec.CONTENT_ID,
        0,
        12,
        ContentRecord.PAYLOAD_BYTES);
    ContentRecord.write(record, 0, 3, CONTENTS, 7);
    ZpageHeader.seal(record, 0, new CRC32C());
    long locator =
        tier.store(record, 0, ContentRecord.BYTES, UpperTier.NO_BACKING, StoreIntent.RECLAIM);
    visitor.sharedRecord(POOL, 1, 5, GENERATION, 3, 7, locator);
    return GENERATION;
  }

  /** One zpage in each of so many leaves. */
  private static HeapLog scattered(int leaves) {
    return new HeapLog(
        List.of(new PageLog.SavedPool(POOL, "old", TenantLimits.DEFAULT_NAME, false, false)),
        (tier, visitor) -> {
          ByteBuffer zpage = ByteBuffer.allocateDirect(ZpageHeader.BYTES + Long.BYTES);
          for (int i = 0; i < leaves; i++) {
            int index = i * 512;
            ZpageHeader.write(
                zpage, 0, POOL, 1, index, GENERATION, PageCodec.FILL_ID, 0, 12, Long.BYTES);
            ZpageHeader.seal(zpage, 0, new CRC32C());
            long locator =
                tier.store(zpage, 0, zpage.capacity(), UpperTier.NO_BACKING, StoreIntent.RECLAIM);
            visitor.record(POOL, 1, index, GENERATION, false, locator);
          }
          return GENERATION;
        });
  }

  @Test
  void whatRecoveryNeedsForAWhileCountsAsWell() {
    int leaves = 200;
    long opened;
    try (StoreRig rig = StoreRig.builder().log(scattered(leaves)).open()) {
      opened = rig.store.stats().pageTableBytes();
      assertThat(rig.store.stats().pages()).isEqualTo(leaves);
    }
    StoreRig.Builder exact = StoreRig.builder().log(scattered(leaves)).budgetBytes(opened);
    assertThatThrownBy(exact::open).isInstanceOf(InvalidConfigurationException.class);
    StoreRig.Builder twice = StoreRig.builder().log(scattered(leaves)).budgetBytes(2 * opened);
    try (StoreRig rig = twice.open()) {
      assertThat(rig.store.stats().pageTableBytes()).as("given back").isEqualTo(opened);
    }
  }

  @Test
  void aPageWhoseContentIsLostIsDamagedOrTheStoreDoesNotOpen() {
    int opened = 0;
    int refused = 0;
    for (long budgetBytes = 0; opened < 3; budgetBytes += 512) {
      try (StoreRig rig = StoreRig.builder().log(log()).budgetBytes(budgetBytes).open()) {
        Pool old = rig.store.pool("old").orElseThrow();
        assertThatThrownBy(() -> rig.get(old, 1, 5))
            .as("with %d bytes of memory", budgetBytes)
            .isInstanceOf(CorruptPageException.class);
        assertThat(rig.store.flush(old, 1, 5)).isTrue();
        opened++;
      } catch (InvalidConfigurationException e) {
        assertThat(e).hasMessageContaining("no room for the page table");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(10);
  }
}
