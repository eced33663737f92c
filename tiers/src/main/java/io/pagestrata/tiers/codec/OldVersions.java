// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.dictionary.DictionaryUses;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Dictionaries that no pool uses any more, until no zpage needs them either. For one thread.
 *
 * <p>A version goes when three looks in a row did not meet it, far enough apart that whoever worked
 * with it at one look has ended at the next: the first comes after the last use by a codec, at the
 * second what was on its way down has arrived, and readers of what died have until the third.
 */
final class OldVersions {
  static final int LOOKS = 3;

  /** Operations that began at one look have ended at the next. */
  static final long LEAST_PAUSE_NANOS = 10_000_000_000L;

  /** A look takes at most one part in so many of the time of a core. */
  private static final int PAUSE_PARTS = 100;

  private final DictionaryTable table;
  private final LongSupplier nanoClock;

  /** For each old version the looks in a row that did not meet it. */
  private Map<Integer, Integer> looks = new HashMap<>();

  private DictionaryUses uses = DictionaryUses.UNKNOWN;
  private long nextLookNanos;

  OldVersions(DictionaryTable table, LongSupplier nanoClock) {
    this.table = table;
    this.nanoClock = nanoClock;
  }

  void watch(DictionaryUses source) {
    uses = source;
  }

  /** Looks when it is time to; gives back the versions that can go. */
  List<Dictionary> step() {
    long start = nanoClock.getAsLong();
    List<Dictionary> old = table.all().stream().filter(this::isOld).toList();
    if (old.isEmpty() || looks.isEmpty()) {
      looks = new HashMap<>();
      old.forEach(it -> looks.put(it.id, 0));
      nextLookNanos = start + LEAST_PAUSE_NANOS;
      return List.of();
    }
    if (start - nextLookNanos < 0) {
      return List.of();
    }
    Optional<BitSet> needed = uses.look();
    long end = nanoClock.getAsLong();
    nextLookNanos = end + Math.max(LEAST_PAUSE_NANOS, PAUSE_PARTS * (end - start));
    if (needed.isEmpty()) {
      return List.of();
    }
    Map<Integer, Integer> now = new HashMap<>();
    for (Dictionary dictionary : old) {
      Integer before = looks.get(dictionary.id);
      boolean met = before == null || needed.get().get(dictionary.id);
      now.put(dictionary.id, met ? 0 : before + 1);
    }
    looks = now;
    return old.stream().filter(it -> now.get(it.id) == LOOKS).toList();
  }

  /** Those of a pool that is gone go with it. */
  private boolean isOld(Dictionary dictionary) {
    PoolDictionary pool = table.find(dictionary.pool);
    return pool == null || !pool.gone && pool.current != dictionary;
  }
}
