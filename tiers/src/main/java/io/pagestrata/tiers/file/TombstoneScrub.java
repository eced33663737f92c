// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Finds damaged tombstones of a segment, and writes those again that are still needed.
 *
 * <p>No entry names a tombstone. Which page it was of is computed from the header sums of the
 * segment, for which all of it is read at once; so it is looked at only when scrubbing met damage
 * there. A start does with the damaged one as with a whole one, unless more is damaged by then.
 *
 * <p>Owned by whoever holds the maintenance lock of the tier, as the scrubber and the writer are.
 */
final class TombstoneScrub {
  private static final Logger LOG = LogManager.getLogger(TombstoneScrub.class);
  private static final int MOST_KNOWN = 1 << 16;

  private final FileTierSettings settings;
  private final Segments segments;
  private final FileLocators locators;
  private final FileCounters counters;
  private final SegmentWriter writer;
  private final CRC32C crc = new CRC32C();
  private TierHost host;

  /** Damaged ones by the sequence of their segment and their offset. */
  private final Map<Long, Map<Long, State>> known = new HashMap<>();

  private int knownCount;

  // Made when there is damage for the first time.
  private ByteBuffer start;
  private SegmentScan scan;
  private ZpageBatch batch;

  private enum State {
    /** It was told, and counts in its segment as before. */
    TOLD,
    /** It was dealt with, and does not count any more. */
    SETTLED
  }

  TombstoneScrub(
      FileTierSettings settings,
      Segments segments,
      FileLocators locators,
      FileCounters counters,
      SegmentWriter writer) {
    this.settings = settings;
    this.segments = segments;
    this.locators = locators;
    this.counters = counters;
    this.writer = writer;
  }

  void attach(TierHost newHost) {
    host = newHost;
  }

  /**
   * Looks at all tombstones of a segment.
   *
   * @throws IOException when it cannot be read, or what is needed not be written
   */
  void scrub(Segment segment) throws IOException {
    if (scan == null) {
      start = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
      scan = new SegmentScan(settings);
      batch = new ZpageBatch(ByteBuffer.allocateDirect(settings.pageBytes()), settings.pageBytes());
    }
    segment.read(start, 0, SegmentFormat.HEADER_BYTES);
    SegmentFormat.Header header = SegmentFormat.readHeader(start);
    if (header == null || header.parityRows() == 0) {
      return;
    }
    scan.scan(
        segment,
        segment.fileBytes(),
        header,
        new SegmentScan.Sink() {
          @Override
          public void record(ByteBuffer memory, int offset, long position, int bytes, boolean whole)
              throws IOException {
            boolean tombstone =
                (ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0;
            if (!whole && tombstone) {
              settle(segment, memory, offset, position, bytes);
            }
          }

          @Override
          public void unknown(String name, long position, int bytes) {
            LOG.error(
                "{} offset {}: a record is damaged and nothing tells which page it held",
                name,
                position);
          }
        });
  }

  /** Forgets what was known of segments that are gone. */
  void forgetDeleted() {
    Set<Long> there = new HashSet<>();
    for (int slot = 0; slot < segments.slotCount() && !known.isEmpty(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null) {
        there.add(segment.sequence());
      }
    }
    known.keySet().retainAll(there);
    knownCount = known.values().stream().mapToInt(Map::size).sum();
  }

  /** How many damaged ones are remembered. */
  int known() {
    return knownCount;
  }

  private void settle(Segment segment, ByteBuffer memory, int offset, long position, int bytes)
      throws IOException {
    Map<Long, State> ofSegment = known.computeIfAbsent(segment.sequence(), it -> new HashMap<>());
    State before = ofSegment.get(position);
    boolean fresh = before == null;
    if (before == State.SETTLED || fresh && knownCount == MOST_KNOWN) {
      return;
    }
    knownCount += fresh ? 1 : 0;
    ofSegment.put(position, State.TOLD);
    counters.damagedZpages.add(fresh ? 1 : 0);
    boolean needed =
        !segments.tombstones().isPastHorizon(segment)
            && host.isLive(memory, offset, locators.pack(segment.slot(), position, bytes));
    boolean written = needed && write(segment, memory, offset);
    if (fresh || written) {
      LOG.error(
          "{} offset {}: the record that page {} of object {} in pool {} was removed is damaged; {}",
          segment.name(),
          position,
          Integer.toUnsignedLong(ZpageHeader.index(memory, offset)),
          ZpageHeader.object(memory, offset),
          ZpageHeader.pool(memory, offset),
          written
              ? "it is written again"
              : needed ? "there is no room to write it again" : "nothing needs it");
    }
    if (written || !needed) {
      ofSegment.put(position, State.SETTLED);
      segment.condemn();
      if (segment.countsDamaged(position)) {
        segments.removeTombstones(segment, 1);
      }
    }
  }

  private boolean write(Segment segment, ByteBuffer memory, int offset) throws IOException {
    ZpageHeader.seal(memory, offset, crc);
    batch.clear();
    batch.add(memory, offset, ZpageHeader.BYTES, locators.pack(segment.slot(), 0, 0));
    Origin origin = new Origin(segment.youngest(), segment.horizon(), Origin.Room.USUAL);
    boolean written = writer.append(batch, origin);
    counters.rewrittenPages.add(written ? 1 : 0);
    return written;
  }
}
