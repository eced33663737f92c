// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.ages;

/**
 * Doubly linked lists of region numbers in two arrays: 8 bytes a region, no object for one.
 *
 * <p>Each list has a node of its own behind those of the regions, which closes the ring, so that a
 * region leaves its list without knowing which one that is. A region is in one list at most. Not
 * thread-safe: guarded by a lock of the pool.
 */
public final class Links {
  /** Answer where there is no such region. */
  public static final int NONE = -1;

  private final int regions;
  private final int[] next;
  private final int[] previous;

  /**
   * Makes empty lists.
   *
   * @param regions numbers from 0 that may be in a list
   * @param lists how many lists
   */
  public Links(int regions, int lists) {
    this.regions = regions;
    next = new int[regions + lists];
    previous = new int[regions + lists];
    for (int node = 0; node < next.length; node++) {
      next[node] = node;
      previous[node] = node;
    }
  }

  /**
   * Puts a region at the front.
   *
   * @param list number of the list
   * @param region in no list
   */
  public void addFirst(int list, int region) {
    insert(region, regions + list, next[regions + list]);
  }

  /**
   * Puts a region at the end.
   *
   * @param list number of the list
   * @param region in no list
   */
  public void addLast(int list, int region) {
    insert(region, previous[regions + list], regions + list);
  }

  private void insert(int region, int before, int after) {
    previous[region] = before;
    next[region] = after;
    next[before] = region;
    previous[after] = region;
  }

  /**
   * Takes a region out of its list, if it is in one.
   *
   * @param region any
   */
  public void remove(int region) {
    next[previous[region]] = next[region];
    previous[next[region]] = previous[region];
    next[region] = region;
    previous[region] = region;
  }

  /**
   * First of a list.
   *
   * @param list number of the list
   * @return a region, or {@link #NONE}
   */
  public int first(int list) {
    return regionOrNone(next[regions + list]);
  }

  /**
   * Last of a list.
   *
   * @param list number of the list
   * @return a region, or {@link #NONE}
   */
  public int last(int list) {
    return regionOrNone(previous[regions + list]);
  }

  /**
   * The next in a list.
   *
   * @param region in a list
   * @return the region behind it, or {@link #NONE}
   */
  public int after(int region) {
    return regionOrNone(next[region]);
  }

  private int regionOrNone(int node) {
    return node < regions ? node : NONE;
  }
}
