// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Finds the records of pages that share a content which is not there, or not whole: what such a
 * page names must be the newest record of its own page, with just that generation. Whether such a
 * record is the newest of its page is not asked here. For one thread.
 */
final class SharedContents {
  private static final int FEWEST = 16;

  private final List<CheckedSegment> segments;
  private final IntPredicate isPool;

  /** Places of records, in order once a review has ended. */
  private long[] places = new long[FEWEST];

  private int count;

  SharedContents(List<CheckedSegment> segments, IntPredicate isPool) {
    this.segments = segments;
    this.isPool = isPool;
  }

  /** Looks at all records, and all references, of some contents. */
  void review(RecordList records) {
    records.sortByPage();
    long from = 0;
    for (long to = 1; to <= records.size(); to++) {
      if (to == records.size() || !records.isSamePage(from, to)) {
        content(records, from, to);
        from = to;
      }
    }
    Arrays.sort(places, 0, count);
  }

  private void content(RecordList records, long from, long to) {
    long whole = isPool.test(records.pool(from)) ? readable(records, from, to) : 0;
    for (long i = from; i < to; i++) {
      if (records.is(i, RecordList.REFERENCE) && records.generation(i) != whole) {
        add(place(records, i));
      }
    }
  }

  /** Generation of the newest record when that can be read, else 0. */
  private static long readable(RecordList records, long from, long to) {
    long newest = 0;
    boolean whole = false;
    for (long i = from; i < to; i++) {
      if (!records.is(i, RecordList.REFERENCE)) {
        boolean isWhole =
            !records.is(i, RecordList.DAMAGED)
                && !records.is(i, RecordList.LOST)
                && !records.is(i, RecordList.TOMBSTONE);
        whole = isWhole || whole && records.generation(i) == newest;
        newest = records.generation(i);
      }
    }
    return whole ? newest : 0;
  }

  private void add(long place) {
    if (count == places.length) {
      places = Arrays.copyOf(places, 2 * count);
    }
    places[count++] = place;
  }

  /** Whether the content that a record names is not there. */
  boolean isMissing(RecordList records, long record) {
    return count > 0 && Arrays.binarySearch(places, 0, count, place(records, record)) >= 0;
  }

  private long place(RecordList records, long record) {
    int segment = records.segment(record);
    long position = records.offsetUnits(record) * segments.get(segment).header.unitBytes();
    return (long) segment << Integer.SIZE | position;
  }
}
