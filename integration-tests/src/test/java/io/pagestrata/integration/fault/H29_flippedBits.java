// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PageVisitor.Place;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.Damage;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One bit of one stored zpage flips, in RAM or in a segment file. Reading that page fails with a
 * message that names key, tier and place, and a put over it heals it; every other page stays right
 * and no place leaks, whatever reclaim makes of the damage.
 */
@ExtendWith(SeededRandom.class)
class H29_flippedBits {
  private static final long OBJECT = 77;
  private static final int PAGES = 150;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);

  @Test
  void anyHeaderByteInRam(Random random) throws Exception {
    for (int offset = 0; offset < ZpageHeader.BYTES; offset++) {
      damageInRam(offset, random);
    }
  }

  @Test
  void payloadInRam(Random random) throws Exception {
    for (int round = 0; round < 20; round++) {
      damageInRam(ZpageHeader.BYTES + random.nextInt(16), random);
    }
  }

  @Test
  void anyHeaderByteInASegment(Random random) throws Exception {
    for (int offset = 0; offset < ZpageHeader.BYTES; offset++) {
      damageInFile(offset, random);
    }
  }

  @Test
  void payloadInASegment(Random random) throws Exception {
    for (int round = 0; round < 20; round++) {
      damageInFile(ZpageHeader.BYTES + random.nextInt(16), random);
    }
  }

  // The zpage in RAM has a copy in a segment. Its removal must free that copy and no other page's,
  // though the header that tells its length is damaged.
  @Test
  void headerOfABackedZpage(Random random) throws Exception {
    for (int offset = 0; offset < ZpageHeader.BYTES; offset++) {
      try (SmallStore small = SmallStore.options().promotion(Promotion.ALWAYS).open(directory)) {
        Pool pool = fill(small);
        small.store().writeBack(WritebackRequest.everything());
        assertOthersAreRight(small, pool, -1);
        Damage damage = new Damage(small, directory);
        int victim = random.nextInt(PAGES);
        Place place = damage.place(pool, OBJECT, victim);
        assertThat(place.tier()).isZero();
        assertThat(place.backingTier()).as("the page is backed").isOne();
        int bits = 1 << random.nextInt(Byte.SIZE);
        damage.flipInRam(place, offset, bits);
        assertThat(small.store().flush(pool, OBJECT, victim)).isTrue();
        assertOthersAreRight(small, pool, victim);
        assertThat(small.check())
            .as("bit %d of header byte %d was flipped", bits, offset)
            .isEqualTo(PAGES - 1);
      }
    }
  }

  private void damageInRam(int offset, Random random) throws Exception {
    try (SmallStore small = SmallStore.open(directory)) {
      Pool pool = fill(small);
      Damage damage = new Damage(small, directory);
      int victim = random.nextInt(PAGES);
      Place place = damage.place(pool, OBJECT, victim);
      assertThat(place.tier()).isZero();
      damage.flipInRam(place, offset, 1 << random.nextInt(Byte.SIZE));
      assertDamaged(small, pool, victim, "ram", damage.describe(place));
      assertOthersAreRight(small, pool, victim);
      // What reclaim meets on its way through the block must harm no other page either.
      small.store().writeBack(WritebackRequest.everything());
      assertOthersAreRight(small, pool, victim);
      assertHealed(small, pool, victim);
    }
  }

  private void damageInFile(int offset, Random random) throws Exception {
    try (SmallStore small = SmallStore.options().promotion(Promotion.NEVER).open(directory)) {
      Pool pool = fill(small);
      small.store().writeBack(WritebackRequest.everything());
      Damage damage = new Damage(small, directory);
      int victim = random.nextInt(PAGES);
      Place place = damage.place(pool, OBJECT, victim);
      assertThat(place.tier()).isOne();
      damage.flipInFile(place, offset, 1 << random.nextInt(Byte.SIZE));
      assertDamaged(small, pool, victim, "file", damage.describe(place));
      assertOthersAreRight(small, pool, victim);
      assertHealed(small, pool, victim);
    }
  }

  private Pool fill(SmallStore small) {
    Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    for (int i = 0; i < PAGES; i++) {
      assertThat(small.store().put(pool, OBJECT, i, page(i), 0)).isEqualTo(PutOutcome.STORED);
    }
    return pool;
  }

  /** Real pages, but none that is same-filled: those have no zpage to damage. */
  private byte[] page(int i) {
    byte[] page = pages.page(i);
    page[i] ^= 0x55;
    page[i + 1024] ^= 0x33;
    return page;
  }

  private void assertDamaged(SmallStore small, Pool pool, int victim, String tier, String place) {
    long before = small.store().stats().corruptPages();
    byte[] target = new byte[SmallStore.PAGE_BYTES];
    assertThatThrownBy(() -> small.store().get(pool, OBJECT, victim, target, 0))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("page " + victim + " ")
        .hasMessageContaining("object " + OBJECT)
        .hasMessageContaining("tier " + tier)
        .hasMessageContaining(place);
    assertThatThrownBy(() -> small.store().take(pool, OBJECT, victim, target, 0))
        .isInstanceOf(CorruptPageException.class);
    assertThat(small.store().stats().corruptPages()).isEqualTo(before + 2);
  }

  private void assertOthersAreRight(SmallStore small, Pool pool, int victim) {
    for (int i = 0; i < PAGES; i++) {
      if (i != victim) {
        assertThat(PageBuffers.DIRECT.get(small.store(), pool, OBJECT, i, SmallStore.PAGE_BYTES))
            .as("page %d beside the damaged page %d", i, victim)
            .isEqualTo(page(i));
      }
    }
  }

  private void assertHealed(SmallStore small, Pool pool, int victim) throws IOException {
    assertThat(small.store().put(pool, OBJECT, victim, page(victim), 0))
        .isEqualTo(PutOutcome.STORED);
    assertOthersAreRight(small, pool, -1);
    assertThat(small.check()).isEqualTo(PAGES);
  }
}
