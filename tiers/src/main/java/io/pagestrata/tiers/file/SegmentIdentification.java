// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.CheckStoppedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Finds out which files are the segments of a store, by their headers: which belong to another one,
 * have the wrong name, are there twice, or were put back. For one thread.
 */
final class SegmentIdentification {
  private static final String ASIDE = "the file is set aside";
  private static final String SILENT = "the store does not open";

  private final SegmentFiles files;
  private final boolean durable;
  private final Manifest manifest;
  private final long lastManifest;
  private final boolean repairCutOff;
  private final CheckProgress progress;
  private SegmentList list;
  private final CheckFindings findings;
  private final FileCounters counters = new FileCounters();
  private long segmentBytes;

  /**
   * Makes it for one directory.
   *
   * @param manifest of the store; of a volatile one any
   * @param lastManifest highest number that the name of a manifest has
   * @param repairCutOff whether a repair was cut off in it, as it renamed files
   * @param progress says when to stop
   */
  SegmentIdentification(
      SegmentFiles files,
      boolean durable,
      Manifest manifest,
      long lastManifest,
      boolean repairCutOff,
      CheckProgress progress,
      CheckFindings findings) {
    this.files = files;
    this.durable = durable;
    this.manifest = manifest;
    this.lastManifest = lastManifest;
    this.repairCutOff = repairCutOff;
    this.progress = progress;
    list = new SegmentList(manifest);
    this.findings = findings;
  }

  /** What the store left, unless the manifest is too old to know. */
  SegmentList list() {
    return list;
  }

  /** Whether a segment was made under a later manifest. */
  boolean manifestIsOld() {
    return list.isOld();
  }

  /** Most bytes of a segment of the store, as far as headers say. */
  long segmentBytes() {
    return segmentBytes;
  }

  /** Reads the headers of all segments; afterwards each is usable, set aside or cut short. */
  void identify(List<CheckedSegment> segments) throws IOException {
    for (CheckedSegment segment : segments) {
      stopIfAsked();
      try (SegmentFile file = files.open(segment.name)) {
        segment.fileBytes = file.size();
        segment.header = header(segment.name, readStart(file));
      } catch (NoSuchFileException e) {
        // A store that runs meanwhile has deleted it.
        segment.gone = true;
      }
    }
    segments.stream()
        .filter(segment -> segment.header != null)
        .forEach(it -> segmentBytes = Math.max(segmentBytes, it.header.segmentBytes()));
    if (durable && segments.stream().anyMatch(this::isMadeLater)) {
      list = SegmentList.ofOldManifest(manifest);
    }
    markEnds(segments);
    for (CheckedSegment segment : segments) {
      if (segment.header == null && !segment.gone) {
        // Each takes a while, since every bit may be the wrong one.
        stopIfAsked();
        salvage(segment);
      }
    }
    checkOwner(segments);
    checkNames(segments);
    checkList(segments);
    markEnds(segments);
  }

  /** Says of each where its records end, as the one tells that came next. */
  private void markEnds(List<CheckedSegment> segments) {
    Map<Long, Long> ends = new HashMap<>();
    for (CheckedSegment segment : segments) {
      if (segment.header != null && isOurs(segment.header) && !segment.setAside) {
        ends.merge(segment.header.former(), segment.header.formerEnd(), Math::max);
      }
    }
    for (CheckedSegment segment : segments) {
      segment.markedEnd = ends.getOrDefault(segment.sequence, 0L);
    }
  }

  private void stopIfAsked() throws CheckStoppedException {
    if (progress.isStopped()) {
      throw new CheckStoppedException();
    }
  }

  /**
   * Reads the header of one segment.
   *
   * @throws IOException also when it is damaged, or no segment
   */
  static void readHeader(SegmentFiles files, CheckedSegment segment) throws IOException {
    try (SegmentFile file = files.open(segment.name)) {
      segment.fileBytes = file.size();
      segment.header = header(segment.name, readStart(file));
    }
    if (segment.header == null) {
      throw new IOException(segment.name + " is no segment, or its header is damaged");
    }
    segment.sequence = segment.header.sequence();
  }

  private static byte[] readStart(SegmentFile file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    file.readFully(start, 0);
    return start.array();
  }

  private static SegmentFormat.Header header(String name, byte[] start) throws IOException {
    SegmentFormat.Header header = SegmentFormat.readHeader(ByteBuffer.wrap(start));
    if (header != null) {
      Manifest.checkVersion(name, header.readVersion());
    }
    return header;
  }

  private boolean isMadeLater(CheckedSegment segment) {
    return segment.header != null
        && isOurs(segment.header)
        && segment.header.manifest() > lastManifest
        && !isOfRepair(segment.header);
  }

  /**
   * Whether a repair that was cut off has made a segment: the manifest that comes last is the next
   * one, and knows of it.
   */
  private boolean isOfRepair(SegmentFormat.Header header) {
    return repairCutOff && header.manifest() == lastManifest + 1;
  }

  private boolean isOurs(SegmentFormat.Header header) {
    return header.survives() == durable
        && (!durable
            || header.storeId().equals(manifest.storeId())
                && header.pageBytes() == manifest.pageBytes());
  }

  private void salvage(CheckedSegment segment) throws IOException {
    if (segment.sequence > SegmentNames.MOST_SEQUENCE) {
      segment.setAside = true;
      findings.damage(
          segment.name, -1, "has a number that no segment has, and " + SILENT, "", ASIDE);
      return;
    }
    boolean listed = list.isKnown() && list.end(segment.sequence) > 0;
    if (segment.fileBytes <= SegmentFormat.HEADER_BYTES) {
      segment.setAside = true;
      segment.setAsideLoses = listed || segment.markedEnd > SegmentFormat.HEADER_BYTES;
      if (segment.setAsideLoses) {
        findings.unknownLoss(segment.name, 0, "the file was cut off, its records are gone", ASIDE);
      } else {
        findings.tidy(segment.name, "its making was cut off before any record was in it", ASIDE);
      }
      return;
    }
    byte[] right = null;
    try (SegmentFile file = files.open(segment.name)) {
      long sequence = segment.sequence;
      right =
          HeaderSalvage.unflip(
              readStart(file), header -> isOurs(header) && header.sequence() == sequence);
      if (right == null && durable) {
        right = HeaderSalvage.rebuild(file, segment.name, manifest, segmentBytes, counters);
      }
    }
    if (right != null) {
      segment.headerBytes = right;
      segment.header = SegmentFormat.readHeader(ByteBuffer.wrap(right));
      findings.damage(
          segment.name,
          0,
          "the file header is damaged, and " + SILENT,
          "",
          "the segment is written again with a right header");
      return;
    }
    segment.setAside = true;
    segment.setAsideLoses = listed || !list.isKnown();
    if (segment.setAsideLoses) {
      findings.unknownLoss(
          segment.name,
          0,
          "this is no segment, or its header is damaged beyond repair, and " + SILENT,
          ASIDE);
    } else {
      findings.damage(segment.name, 0, "this is no segment, and " + SILENT, "", ASIDE);
    }
  }

  private void checkOwner(List<CheckedSegment> segments) {
    for (CheckedSegment segment : segments) {
      if (segment.header == null) {
        continue;
      }
      if (isOurs(segment.header)) {
        segment.usable = true;
      } else {
        segment.setAside = true;
        UUID id = segment.header.storeId();
        findings.damage(
            segment.name, 0, "belongs to another store, " + id + ", and " + SILENT, "", ASIDE);
      }
    }
  }

  /** Of files with one sequence, the one that is named after it counts, else the first. */
  private void checkNames(List<CheckedSegment> segments) {
    SortedMap<Long, CheckedSegment> rightOnes = new TreeMap<>();
    for (CheckedSegment segment : segments) {
      if (segment.usable) {
        segment.sequence = segment.header.sequence();
        rightOnes.merge(
            segment.sequence, segment, (one, other) -> isNamedRight(other) ? other : one);
      }
    }
    for (CheckedSegment segment : segments) {
      if (!segment.usable) {
        continue;
      }
      CheckedSegment right = rightOnes.get(segment.sequence);
      if (right != segment) {
        segment.usable = false;
        segment.setAside = true;
        findings.damage(
            segment.name, 0, "has the sequence of " + right.name + ", and " + SILENT, "", ASIDE);
      } else if (!isNamedRight(segment)) {
        findings.damage(
            segment.name,
            0,
            "has the sequence " + segment.sequence + " and another name, and " + SILENT,
            "",
            "the file gets its own name");
      }
    }
  }

  static boolean isNamedRight(CheckedSegment segment) {
    return segment.name.equals(SegmentNames.of(segment.sequence));
  }

  private void checkList(List<CheckedSegment> segments) throws IOException {
    if (!list.isKnown()) {
      return;
    }
    SortedMap<Long, String> names = new TreeMap<>();
    for (CheckedSegment segment : segments) {
      if (segment.usable && !list.has(segment.sequence) && !isOfRepair(segment.header)) {
        segment.usable = false;
        segment.setAside = true;
        findings.damage(
            segment.name,
            0,
            "was not there when the store was closed, and " + SILENT + " with it",
            "",
            ASIDE);
        continue;
      }
      if (segment.usable && !hasRightFooter(segment) && !wasRepaired(segment)) {
        refuseOther(segment);
      }
      if (segment.usable || segment.setAsideLoses) {
        names.put(segment.sequence, segment.name);
      }
    }
    for (Map.Entry<Long, ListedSegment> listed : manifest.segments().entrySet()) {
      if (listed.getValue().end() > 0 && !names.containsKey(listed.getKey())) {
        findings.unknownLoss(
            SegmentNames.of(listed.getKey()),
            -1,
            "is missing; it was there when the store was closed",
            "the store goes on without it");
      }
    }
  }

  /** Whether a segment has no whole footer, or the one that it had. */
  private boolean hasRightFooter(CheckedSegment segment) throws IOException {
    if (list.footerChecksum(segment.sequence) == 0) {
      return true;
    }
    try (SegmentFile file = files.open(segment.name)) {
      Segment scanned = segment.toScan(file, null, counters);
      SegmentScan scan =
          new SegmentScan(
              HeaderSalvage.settings(
                  segment.header.pageBytes(), FileTierSettings.MAX_SEGMENT_BYTES));
      return scan.footer(scanned, segment.fileBytes, segment.header) < 0
          || list.mayHaveFooter(segment.sequence, scan.trailer());
    }
  }

  /** Whether a repair that was cut off has written a segment again, and put the old one aside. */
  private boolean wasRepaired(CheckedSegment segment) throws IOException {
    String aside = SegmentNames.of(segment.sequence) + SegmentNames.ASIDE;
    return repairCutOff && files.list().stream().anyMatch(name -> name.startsWith(aside));
  }

  /** Of a segment that is whole and has the place of another. */
  private void refuseOther(CheckedSegment segment) {
    String what =
        "is not the segment that was there when the store was closed, but another with its number,"
            + " as of a copy of the store that went on by itself, and "
            + SILENT;
    segment.usable = false;
    segment.setAside = true;
    segment.setAsideLoses = list.end(segment.sequence) > 0;
    if (segment.setAsideLoses) {
      findings.unknownLoss(segment.name, -1, what, ASIDE);
    } else {
      findings.damage(segment.name, -1, what, "", ASIDE);
    }
  }
}
