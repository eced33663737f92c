// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.file.CheckedSegment.DamagedRecord;
import io.pagestrata.tiers.file.CheckedSegment.Fate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Says of each page which record is its newest, and so what is alive, what is lost, and what
 * becomes of damaged records. For one thread.
 */
final class PageReview {
  private static final String MARKED =
      "the page is marked as lost: reading it fails until it is written or removed";

  private final List<CheckedSegment> segments;
  private final IntPredicate isPool;
  private final IntPredicate isContents;
  private final SharedContents contents;
  private final CheckFindings findings;
  private final Map<Integer, long[]> pools = new TreeMap<>();
  private final Map<Long, DamagedRecord> damaged = new HashMap<>();
  private long pages;
  private long lostPages;

  PageReview(
      List<CheckedSegment> segments,
      IntPredicate isPool,
      IntPredicate isContents,
      SharedContents contents,
      CheckFindings findings) {
    this.segments = segments;
    this.isPool = isPool;
    this.isContents = isContents;
    this.contents = contents;
    this.findings = findings;
  }

  long pages() {
    return pages;
  }

  /** Pages whose content is lost, as a record of theirs says or as was found now. */
  long lostPages() {
    return lostPages;
  }

  /** Pages and bytes of each pool that has any. */
  Map<Integer, long[]> pools() {
    return pools;
  }

  /** Looks at all records of some pages. */
  void byPage(RecordList records) {
    damaged.clear();
    for (CheckedSegment segment : segments) {
      segment.damaged.forEach(one -> damaged.put(key(segment, one.position), one));
    }
    records.sortByPage();
    long from = 0;
    for (long to = 1; to <= records.size(); to++) {
      if (to == records.size() || !records.isSamePage(from, to)) {
        page(records, from, to);
        from = to;
      }
    }
  }

  private static long key(CheckedSegment segment, long position) {
    return (long) segment.ordinal << Integer.SIZE | position;
  }

  private void page(RecordList records, long from, long to) {
    if (!isPool.test(records.pool(from))) {
      return;
    }
    long newest = to - 1;
    long whole = -1;
    for (long i = newest; i >= from && isEqual(records, i, newest); i--) {
      // Of copies the first one counts.
      whole = records.is(i, RecordList.DAMAGED) ? whole : i;
    }
    if (whole < 0) {
      lose(records, newest);
    } else if (!records.is(whole, RecordList.TOMBSTONE)) {
      live(records, whole);
    }
  }

  private static boolean isEqual(RecordList records, long one, long other) {
    return records.generation(one) == records.generation(other);
  }

  private void lose(RecordList records, long record) {
    CheckedSegment segment = segments.get(records.segment(record));
    long position = records.offsetUnits(record) * segment.header.unitBytes();
    boolean tombstone = records.is(record, RecordList.TOMBSTONE);
    damaged.get(key(segment, position)).fate = tombstone ? Fate.TOMBSTONE : Fate.LOST;
    // Of a content the pages are counted that share it.
    lostPages += tombstone || isContents.test(records.pool(record)) ? 0 : 1;
  }

  private void live(RecordList records, long record) {
    CheckedSegment segment = segments.get(records.segment(record));
    if (contents.isMissing(records, record)) {
      loseShared(segment, records, record);
      return;
    }
    long bytes = (long) records.lengthUnits(record) * segment.header.unitBytes();
    segment.liveRecords++;
    segment.liveBytes += bytes;
    if (!isContents.test(records.pool(record))) {
      boolean lost = records.is(record, RecordList.LOST);
      lostPages += lost ? 1 : 0;
      pages += lost ? 0 : 1;
    }
    if (records.is(record, RecordList.NO_DICTIONARY)) {
      findings.unreadable(
          segment.name,
          records.offsetUnits(record) * segment.header.unitBytes(),
          "the page cannot be read without its dictionary",
          CheckFindings.page(records.pool(record), records.object(record), records.index(record)));
    }
    long[] pool = pools.computeIfAbsent(records.pool(record), id -> new long[2]);
    pool[0]++;
    pool[1] += bytes;
  }

  private void loseShared(CheckedSegment segment, RecordList records, long record) {
    int unitBytes = segment.header.unitBytes();
    DamagedRecord lost =
        new DamagedRecord(
            records.offsetUnits(record) * unitBytes,
            records.lengthUnits(record) * unitBytes,
            records.pool(record),
            records.object(record),
            records.index(record),
            records.generation(record),
            false);
    lost.fate = Fate.WITHOUT_CONTENT;
    segment.addDamaged(lost);
    segment.needsRewrite = true;
    lostPages++;
  }

  /** Looks at all records of some generations. */
  void byGeneration(RecordList records) {
    records.sortByGeneration();
    for (long i = 1; i < records.size(); i++) {
      if (isEqual(records, i - 1, i)
          && !records.isSamePage(i - 1, i)
          && !records.is(i - 1, RecordList.DAMAGED)
          && !records.is(i, RecordList.DAMAGED)) {
        CheckedSegment segment = segments.get(records.segment(i));
        findings.incurable(
            segment.name,
            records.offsetUnits(i) * segment.header.unitBytes(),
            "generation "
                + records.generation(i)
                + " is also that of "
                + CheckFindings.page(
                    records.pool(i - 1), records.object(i - 1), records.index(i - 1))
                + " in "
                + segments.get(records.segment(i - 1)).name,
            CheckFindings.page(records.pool(i), records.object(i), records.index(i)));
      }
    }
  }

  /** Tells of the damaged records, once every page was looked at. */
  void tellDamage() {
    for (CheckedSegment segment : segments) {
      for (DamagedRecord one : segment.damaged) {
        tell(segment, one);
      }
    }
  }

  private void tell(CheckedSegment segment, DamagedRecord one) {
    String page = CheckFindings.page(one.pool, one.object, one.index);
    switch (one.fate) {
      case SUPERSEDED ->
          findings.damage(
              segment.name,
              one.position,
              "a record is damaged that nobody needs: the page is newer elsewhere, or gone",
              page,
              "the record is dropped");
      case TOMBSTONE ->
          findings.damage(
              segment.name,
              one.position,
              "the record that the page was removed is damaged",
              page,
              "the record is written again");
      case WITHOUT_CONTENT ->
          findings.loss(
              segment.name,
              one.position,
              "the content that the page shares is damaged or not there",
              page,
              MARKED);
      default ->
          findings.loss(
              segment.name,
              one.position,
              isContents.test(one.pool)
                  ? "a content that pages share is damaged and lost"
                  : "the newest record of the page is damaged, its content is lost",
              page,
              isContents.test(one.pool) ? "it is marked as lost" : MARKED);
    }
  }
}
