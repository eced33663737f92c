// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.PageStoreException;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.integration.support.VersionedPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage where no footer tells the records: older contents of the pages must not come back. */
class H29_damageWithoutFooter {
  private static final int HALF = 140;
  private final Random random = new Random(29);

  @TempDir private Path root;
  private DamageRig rig;
  private Path store;

  @BeforeEach
  void makeStore() throws IOException {
    rig = DamageRig.inTheClear(root.resolve("rig"));
  }

  private List<Long> newestRecords() throws IOException {
    store = rig.copy(true, root.resolve("store"));
    return recordsOfNewest();
  }

  /** The records of the newest segment, in the order of their places. */
  private List<Long> recordsOfNewest() throws IOException {
    byte[] bytes = Files.readAllBytes(newest());
    ByteBuffer segment = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Long> records = new ArrayList<>();
    for (int at = 4096; at + 32 <= bytes.length && segment.getLong(at + 16) == 1; ) {
      records.add((long) at);
      at += (32 + (segment.getShort(at + 4) & 0xffff) + 15) & -16;
    }
    assertThat(records).hasSizeGreaterThan(40);
    return records;
  }

  private Path newest() throws IOException {
    List<Path> segments = DamageRig.segments(store);
    return segments.get(segments.size() - 1);
  }

  private void damageFooter() throws IOException {
    Damage.flip(newest(), Files.size(newest()) - 80, random);
  }

  private void eraseTrailer() throws IOException {
    Damage.write(newest(), Files.size(newest()) - 64, new byte[64]);
  }

  private void assertNothingOlderComesBack() {
    assertThat(rig.read(store).wrong()).isEmpty();
  }

  @Test
  void aRecordAheadOfADamagedFooterIsNotPassedOver() throws IOException {
    List<Long> records = newestRecords();
    damageFooter();
    Damage.flip(newest(), records.get(records.size() / 2) + 40, random);
    assertNothingOlderComesBack();
  }

  @Test
  void recordsBehindTwoDamagedOnesAreMissed() throws IOException {
    List<Long> records = newestRecords();
    damageFooter();
    Damage.flip(newest(), records.get(records.size() / 2) + 8, random);
    Damage.flip(newest(), records.get(records.size() / 2 + 1) + 8, random);
    assertNothingOlderComesBack();
  }

  @Test
  void theManifestTellsTheEndWhenTheTrailerIsGone() throws IOException {
    List<Long> records = newestRecords();
    eraseTrailer();
    Damage.flip(newest(), records.get(records.size() / 2) + 8, random);
    Damage.flip(newest(), records.get(records.size() / 2 + 1) + 8, random);
    assertNothingOlderComesBack();
  }

  @Test
  void theManifestTellsThatARecordWasWholeWhenTheTrailerIsGone() throws IOException {
    List<Long> records = newestRecords();
    eraseTrailer();
    Damage.flip(newest(), records.get(records.size() / 2) + 8, random);
    assertNothingOlderComesBack();
  }

  @Test
  void aDamagedFooterAloneHarmsNothing() throws IOException {
    newestRecords();
    damageFooter();
    assertThat(rig.read(store).right()).isEqualTo(DamageRig.PAGES);
  }

  @Test
  void whatLiesBeforeTheLastWriteOfAKilledStoreWasForced() throws IOException {
    Path running = Files.createDirectory(root.resolve("running"));
    store = root.resolve("store");
    ByteBuffer page = ByteBuffer.allocateDirect(4096);
    try (PageStore writer = rig.open(running)) {
      Pool pool = writer.createPool(DamageRig.POOL, PoolKind.PERSISTENT);
      for (int version = 1; version <= 2; version++) {
        for (int i = 0; i < HALF; i++) {
          VersionedPages.write(page, i, version);
          assertThat(writer.put(pool, 1, i, page).isStored()).isTrue();
        }
        writer.sync();
      }
      DamageRig.copy(running, store);
    }
    List<Long> records = recordsOfNewest();
    assertThat(records).hasSize(2 * HALF);
    long damaged = records.get(HALF);
    assertThat(records.get(2 * HALF - 1) - damaged)
        .as("more than a batch")
        .isGreaterThan(DamageRig.BATCH_BYTES);
    Damage.flip(newest(), damaged + 40, random);
    assertThatThrownBy(() -> rig.open(store).close())
        .isInstanceOf(PageStoreException.class)
        .hasMessageContaining("offset " + damaged);
  }
}
