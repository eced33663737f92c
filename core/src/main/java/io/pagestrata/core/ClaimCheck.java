// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps damaged zpages out of segments that the next start reads.
 *
 * <p>There a record counts by what its header says: one that was damaged in RAM is taken for the
 * end of a segment, so that an older content comes back, or brings the generations of the whole
 * store to where no removal reaches. So a zpage that is not whole stays above, and is noted for the
 * next sync, which writes down that the page is lost (see {@link SyncLosses}).
 *
 * <p>Owned by the thread that reclaims the tier.
 */
final class ClaimCheck {
  private static final Logger LOG = LogManager.getLogger(ClaimCheck.class);

  /** So many are known to have been told; when there are more, those are told again. */
  private static final int MOST_TOLD = 1 << 16;

  private final Tier tier;
  private final CRC32C crc = new CRC32C();
  private final MemoryViews views = new MemoryViews();
  private final Set<Told> told = new HashSet<>();

  /**
   * A damaged zpage; the generation, right or wrong, tells it from any other of its page. By number
   * and not by leaf, which would stay in memory when its pages are gone.
   */
  private record Told(int pool, long object, int index, long generation) {}

  ClaimCheck(PageHierarchy hierarchy, int tier) {
    this.tier = hierarchy.tier(tier);
  }

  /** Whether the checksum of a zpage matches. */
  boolean isWhole(ByteBuffer memory, int offset, int bytes) {
    return ZpageHeader.verify(views.of(memory), offset, bytes, crc);
  }

  /**
   * Leaves a damaged zpage where it is, and says so once.
   *
   * @return what became of it
   */
  Claim tell(Pool pool, Leaf leaf, ByteBuffer memory, int offset, long locator) {
    int index = ZpageHeader.index(memory, offset);
    leaf.noteChange(Leaf.slot(index));
    if (told.size() == MOST_TOLD) {
      told.clear();
    }
    long object = ZpageHeader.object(memory, offset);
    if (!told.add(new Told(pool.id(), object, index, ZpageHeader.generation(memory, offset)))) {
      return Claim.STAYS;
    }
    LOG.error(
        "page {} of object {} in pool {} (tier {}, {}) is damaged: the checksum does not match; it"
            + " is not written down",
        Integer.toUnsignedLong(index),
        object,
        pool.id(),
        tier.name(),
        tier.describe(locator));
    return Claim.DAMAGED;
  }
}
