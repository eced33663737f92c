// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.dictionary.DictionaryUses;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.ZpageDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Looks at the header of every zpage in memory, and asks the tiers outside memory what they hold.
 *
 * <p>The entries come first, the tiers after them: what sinks meanwhile is seen at its entry or in
 * its tier. What comes up meanwhile is noted by {@link RaisedDictionaries}. For one thread.
 */
final class DictionaryWalk implements DictionaryUses, ZpageReader {
  /** A page that is somewhere else each time is not followed for ever. */
  private static final int MOST_LOOKS = 1000;

  private static final int WORDS_BETWEEN_STOPS = 1 << 10;

  private final PageHierarchy hierarchy;
  private final Pools pools;
  private final BooleanSupplier stop;
  private BitSet met = new BitSet();
  private BooleanSupplier arrived;
  private boolean complete;
  private int words;

  DictionaryWalk(PageHierarchy hierarchy, Pools pools, BooleanSupplier stop) {
    this.hierarchy = hierarchy;
    this.pools = pools;
    this.stop = stop;
    arrived = hierarchy.writes().underWayAnywhere();
  }

  @Override
  public Optional<BitSet> look() {
    if (!arrived.getAsBoolean()) {
      return Optional.empty();
    }
    arrived = hierarchy.writes().underWayAnywhere();
    RaisedDictionaries raised = hierarchy.promotions().raised();
    raised.clear();
    met = new BitSet();
    complete = true;
    for (Pool pool : pools.all()) {
      pool.table().forEach((object, index, word) -> visit(pool, object, index, word));
    }
    for (Pool pool : pools.contents()) {
      pool.table().forEach((object, index, word) -> visit(pool, object, index, word));
    }
    for (int i = 0; i < hierarchy.tierCount(); i++) {
      complete = complete && (hierarchy.isMemory(i) || addDictionaries(hierarchy.tier(i)));
    }
    raised.addTo(met);
    return complete ? Optional.of(met) : Optional.empty();
  }

  /** What is mirrored is below as well. */
  private boolean addDictionaries(Tier tier) {
    return tier instanceof RevocableTier revocable && revocable.isMirrored()
        || tier.addDictionaries(met);
  }

  private void visit(Pool pool, long object, int index, long first) {
    complete = complete && (++words % WORDS_BETWEEN_STOPS != 0 || !stop.getAsBoolean());
    long word = first;
    for (int i = 0; complete && isInMemory(word); i++) {
      int number = read(word);
      Leaf leaf = pool.table().find(object, index);
      long now = leaf == null ? 0 : leaf.get(Leaf.slot(index));
      if (number >= 0 && Entry.place(now) == Entry.place(word)) {
        met.set(number);
        return;
      }
      word = now;
      complete = i < MOST_LOOKS;
    }
  }

  private boolean isInMemory(long word) {
    int tier = Entry.tier(word);
    return tier >= 0 && hierarchy.isMemory(tier);
  }

  private int read(long word) {
    try {
      return hierarchy.tier(Entry.tier(word)).read(Entry.locator(word), null, this);
    } catch (IOException e) {
      throw new IllegalStateException("a tier in memory has nothing to wait for", e);
    }
  }

  @Override
  public int read(ByteBuffer memory, int offset, int availableBytes) {
    return availableBytes < ZpageHeader.BYTES + Short.BYTES
        ? 0
        : ZpageDictionary.of(memory, offset);
  }
}
