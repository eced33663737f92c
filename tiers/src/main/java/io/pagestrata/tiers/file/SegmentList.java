// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which segments a store left when it was closed in order. A segment that is missing, shorter or
 * back again would let older contents of pages come back, which nothing in the others shows.
 * Stateless but for the manifest.
 */
final class SegmentList {
  /** Ends what a start says that refuses a directory. */
  static final String ADVICE = "; 'pagestrata fsck' says what can be done";

  private final Manifest manifest;
  private final boolean old;

  SegmentList(Manifest manifest) {
    this(manifest, false);
  }

  private SegmentList(Manifest manifest, boolean old) {
    this.manifest = manifest;
    this.old = old;
  }

  /** A list of which nothing can be believed. */
  static SegmentList ofOldManifest(Manifest manifest) {
    return new SegmentList(manifest, true);
  }

  /** Whether the manifest is older than a segment. */
  boolean isOld() {
    return old;
  }

  /** What {@link Manifest#segments} says of the segments that there are now. */
  static SortedMap<Long, ListedSegment> of(Segments segments) {
    SortedMap<Long, ListedSegment> listed = new TreeMap<>();
    segments.abandoned().forEach(sequence -> listed.put(sequence, ListedSegment.UNKNOWN));
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null) {
        long end = segment.isDead() ? 0 : segment.wholeEnd();
        listed.put(segment.sequence(), new ListedSegment(end, segment.footerChecksum()));
      }
    }
    return listed;
  }

  /** Whether anything is known; after an unclean stop, nothing is. */
  boolean isKnown() {
    return !old && manifest.clean() && manifest.segments() != null;
  }

  /** Whether a segment was there and held something. */
  boolean has(long sequence) {
    return manifest.segments().containsKey(sequence);
  }

  /** Where the records of a segment end; 0 when it held nothing that was alive. */
  long end(long sequence) {
    return manifest.segments().getOrDefault(sequence, ListedSegment.UNKNOWN).end();
  }

  /** Checksum of the footer of a segment; 0 when nobody knows of one. */
  int footerChecksum(long sequence) {
    return isKnown()
        ? manifest.segments().getOrDefault(sequence, ListedSegment.UNKNOWN).footerChecksum()
        : 0;
  }

  /** Whether a whole footer may be the one that a segment had. */
  boolean mayHaveFooter(long sequence, byte[] trailer) {
    int listed = footerChecksum(sequence);
    return listed == 0 || listed == SegmentFormat.footerChecksum(trailer);
  }

  /** Sequences that must be there and are not. */
  TreeSet<Long> missing(SortedMap<Long, String> names) {
    TreeSet<Long> missing = new TreeSet<>();
    manifest
        .segments()
        .forEach(
            (sequence, listed) -> {
              if (listed.end() > 0 && !names.containsKey(sequence)) {
                missing.add(sequence);
              }
            });
    return missing;
  }

  /**
   * Looks for segments that are missing.
   *
   * @param names of the files, by sequence
   * @throws IOException when one is
   */
  void checkAllAreThere(SortedMap<Long, String> names) throws IOException {
    TreeSet<Long> missing = isKnown() ? missing(names) : new TreeSet<>();
    if (!missing.isEmpty()) {
      throw new IOException(
          "segment "
              + missing.first()
              + " is missing, which was there when the store was closed"
              + ADVICE);
    }
  }

  /**
   * Looks whether a segment is as it was left.
   *
   * @throws IOException when it is not
   */
  void check(long sequence, String name, long fileBytes) throws IOException {
    if (!isKnown()) {
      return;
    }
    if (!has(sequence)) {
      throw new IOException(
          name + " was not there when the store was closed; it was put back since" + ADVICE);
    }
    if (fileBytes < end(sequence)) {
      throw new IOException(
          name
              + " has "
              + fileBytes
              + " bytes, and its records ended at "
              + end(sequence)
              + " when the store was closed"
              + ADVICE);
    }
  }

  /**
   * Looks whether a footer that is whole is the one that was left: another copy of the store may
   * have gone on by itself, and written another segment of this sequence.
   *
   * @throws IOException when it is not
   */
  void checkFooter(long sequence, String name, byte[] trailer) throws IOException {
    if (!mayHaveFooter(sequence, trailer)) {
      throw new IOException(
          name
              + " is not the segment that was there when the store was closed, but another with its"
              + " number"
              + ADVICE);
    }
  }
}
