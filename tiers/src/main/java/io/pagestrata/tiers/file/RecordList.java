// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.util.ArrayList;
import java.util.List;

/**
 * Records of many segments, 32 bytes each, to be sorted by page or by generation.
 *
 * <pre>
 *   object | index, pool | generation | segment, offset in units, length in units, flags
 *   u64    | u32   u32   | u64        | 23       26               10               5
 * </pre>
 *
 * <p>What a record names is put beside it as a {@link #REFERENCE}: it has the page and the
 * generation of the content, and the place of the record.
 *
 * <p>Sorting is in place (quicksort with the middle as pivot, which sorted input suits). Not
 * thread-safe.
 */
final class RecordList {
  /** Bytes of heap for one record. */
  static final int RECORD_BYTES = 4 * Long.BYTES;

  static final int TOMBSTONE = 1;
  static final int DAMAGED = 2;
  static final int LOST = 4;
  static final int REFERENCE = 8;

  /** Its dictionary is not there. */
  static final int NO_DICTIONARY = 16;

  private static final int FLAG_BITS = 5;
  private static final int LENGTH_BITS = 10;
  private static final int OFFSET_BITS = 26;
  private static final int FIELDS = 4;
  private static final int CHUNK_SHIFT = 14;
  private static final int CHUNK = 1 << CHUNK_SHIFT;

  private final List<long[]> chunks = new ArrayList<>();
  private final long[] left = new long[FIELDS];
  private final long[] pivot = new long[FIELDS];
  private long size;
  private boolean byGeneration;

  void clear() {
    size = 0;
  }

  long size() {
    return size;
  }

  /** Adds a record. */
  void add(
      int pool,
      long object,
      int index,
      long generation,
      int segment,
      long offsetUnits,
      int lengthUnits,
      int flags) {
    addChunkIfFull();
    long[] chunk = chunk(size);
    int at = at(size++);
    chunk[at] = object;
    chunk[at + 1] = (long) index << Integer.SIZE | Integer.toUnsignedLong(pool);
    chunk[at + 2] = generation;
    chunk[at + 3] =
        ((long) segment << OFFSET_BITS | offsetUnits) << LENGTH_BITS + FLAG_BITS
            | (long) lengthUnits << FLAG_BITS
            | flags;
  }

  /** Adds the first records of another list, this many at most. */
  void addAll(RecordList other, long most) {
    long count = Math.min(most, other.size);
    for (long i = 0; i < count; i++) {
      addChunkIfFull();
      System.arraycopy(other.chunk(i), at(i), chunk(size), at(size), FIELDS);
      size++;
    }
  }

  private void addChunkIfFull() {
    if (size >> CHUNK_SHIFT == chunks.size()) {
      chunks.add(new long[CHUNK * FIELDS]);
    }
  }

  /** Takes out what has a flag; the others stay in their order. */
  void removeAll(int flag) {
    long kept = 0;
    for (long i = 0; i < size; i++) {
      if (!is(i, flag)) {
        System.arraycopy(chunk(i), at(i), chunk(kept), at(kept), FIELDS);
        kept++;
      }
    }
    size = kept;
  }

  private long[] chunk(long record) {
    return chunks.get((int) (record >> CHUNK_SHIFT));
  }

  private static int at(long record) {
    return (int) (record & CHUNK - 1) * FIELDS;
  }

  private long field(long record, int field) {
    return chunk(record)[at(record) + field];
  }

  long object(long record) {
    return field(record, 0);
  }

  int index(long record) {
    return (int) (field(record, 1) >>> Integer.SIZE);
  }

  int pool(long record) {
    return (int) field(record, 1);
  }

  long generation(long record) {
    return field(record, 2);
  }

  int segment(long record) {
    return (int) (field(record, 3) >>> OFFSET_BITS + LENGTH_BITS + FLAG_BITS);
  }

  long offsetUnits(long record) {
    return field(record, 3) >>> LENGTH_BITS + FLAG_BITS & (1L << OFFSET_BITS) - 1;
  }

  int lengthUnits(long record) {
    return (int) (field(record, 3) >>> FLAG_BITS) & (1 << LENGTH_BITS) - 1;
  }

  boolean is(long record, int flag) {
    return (field(record, 3) & flag) != 0;
  }

  boolean isSamePage(long record, long other) {
    return object(record) == object(other) && field(record, 1) == field(other, 1);
  }

  /** Sorts by page, of one page by generation, of those by place. */
  void sortByPage() {
    byGeneration = false;
    sort(0, size - 1);
  }

  /** Sorts by generation, of one generation by page. */
  void sortByGeneration() {
    byGeneration = true;
    sort(0, size - 1);
  }

  private void sort(long from, long to) {
    long low = from;
    long high = to;
    // The smaller side by recursion, so that its depth stays a logarithm.
    while (low < high) {
      long middle = partition(low, high);
      if (middle - low < high - middle - 1) {
        sort(low, middle);
        low = middle + 1;
      } else {
        sort(middle + 1, high);
        high = middle;
      }
    }
  }

  /** Hoare's partition; both sides are shorter than the whole. */
  private long partition(long low, long high) {
    load(low + (high - low) / 2, pivot);
    long i = low - 1;
    long j = high + 1;
    while (true) {
      do {
        i++;
      } while (compareToPivot(i) < 0);
      do {
        j--;
      } while (compareToPivot(j) > 0);
      if (i >= j) {
        return j;
      }
      swap(i, j);
    }
  }

  private void load(long record, long[] target) {
    System.arraycopy(chunk(record), at(record), target, 0, FIELDS);
  }

  private void swap(long one, long other) {
    load(one, left);
    System.arraycopy(chunk(other), at(other), chunk(one), at(one), FIELDS);
    System.arraycopy(left, 0, chunk(other), at(other), FIELDS);
  }

  private int compareToPivot(long record) {
    long[] chunk = chunk(record);
    int at = at(record);
    if (byGeneration && chunk[at + 2] != pivot[2]) {
      return Long.compareUnsigned(chunk[at + 2], pivot[2]);
    }
    for (int field = 0; field < FIELDS; field++) {
      if (chunk[at + field] != pivot[field]) {
        return Long.compareUnsigned(chunk[at + field], pivot[field]);
      }
    }
    return 0;
  }
}
