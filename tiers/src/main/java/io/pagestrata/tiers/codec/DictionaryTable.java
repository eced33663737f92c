// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Dictionaries by their number and pools by theirs, each found by one look into an array. Arrays
 * are replaced as a whole, so a reader takes no lock. Thread-safe.
 */
final class DictionaryTable {
  private volatile Dictionary[] byId = new Dictionary[1];
  private volatile PoolDictionary[] pools = new PoolDictionary[1];

  /** What a pool uses; made when first asked for, and due at once. */
  PoolDictionary pool(int pool, long nowNanos) {
    PoolDictionary known = find(pool);
    return known != null ? known : make(pool, nowNanos);
  }

  /** What a pool uses, or null when no page of it was met yet. */
  PoolDictionary find(int pool) {
    PoolDictionary[] seen = pools;
    return pool < seen.length ? seen[pool] : null;
  }

  private synchronized PoolDictionary make(int pool, long nowNanos) {
    PoolDictionary known = find(pool);
    if (known == null) {
      known = new PoolDictionary(pool, nowNanos);
      PoolDictionary[] grown = Arrays.copyOf(pools, Math.max(pools.length, pool + 1));
      grown[pool] = known;
      pools = grown;
    }
    return known;
  }

  /** The dictionary with this number, held for the caller; null when there is none. */
  Dictionary hold(int id) {
    Dictionary[] seen = byId;
    Dictionary dictionary = id < seen.length ? seen[id] : null;
    return dictionary != null && dictionary.hold() ? dictionary : null;
  }

  synchronized void add(Dictionary dictionary) {
    Dictionary[] grown = Arrays.copyOf(byId, Math.max(byId.length, dictionary.id + 1));
    grown[dictionary.id] = dictionary;
    byId = grown;
  }

  /** Takes a dictionary out; who holds it goes on with it. */
  synchronized void remove(Dictionary dictionary) {
    Dictionary[] without = byId.clone();
    without[dictionary.id] = null;
    byId = without;
    dictionary.letGo();
  }

  List<Dictionary> all() {
    List<Dictionary> all = new ArrayList<>();
    for (Dictionary dictionary : byId) {
      if (dictionary != null) {
        all.add(dictionary);
      }
    }
    return all;
  }

  List<PoolDictionary> pools() {
    List<PoolDictionary> all = new ArrayList<>();
    for (PoolDictionary pool : pools) {
      if (pool != null) {
        all.add(pool);
      }
    }
    return all;
  }
}
