// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a store must answer, kept in a plain map. For one thread. */
public final class ReferenceModel {
  /** Handle of a page. */
  public record Key(int pool, long object, int index) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byPool = Integer.compare(pool, other.pool);
      int byObject = byPool != 0 ? byPool : Long.compareUnsigned(object, other.object);
      return byObject != 0 ? byObject : Integer.compareUnsigned(index, other.index);
    }
  }

  private final Map<Key, byte[]> pages = new TreeMap<>();

  public void put(Key key, byte[] page) {
    pages.put(key, page.clone());
  }

  /** The page, or null when it is absent. */
  public byte[] get(Key key) {
    return pages.get(key);
  }

  public boolean remove(Key key) {
    return pages.remove(key) != null;
  }

  /** Removes every page that qualifies and says how many there were. */
  public long removeIf(Predicate<Key> which) {
    int before = pages.size();
    pages.keySet().removeIf(which);
    return before - pages.size();
  }

  public Set<Key> keys() {
    return Set.copyOf(pages.keySet());
  }

  public int size() {
    return pages.size();
  }
}
