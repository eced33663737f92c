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
  static SortedMap<Long, Long> ends(Segments segments) {
    SortedMap<Long, Long> ends = new TreeMap<>();
    segments.abandoned().forEach(sequence -> ends.put(sequence, 0L));
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null) {
        ends.put(segment.sequence(), segment.isDead() ? 0 : segment.wholeEnd());
      }
    }
    return ends;
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
    return manifest.segments().getOrDefault(sequence, 0L);
  }

  /** Sequences that must be there and are not. */
  TreeSet<Long> missing(SortedMap<Long, String> names) {
    TreeSet<Long> missing = new TreeSet<>();
    manifest
        .segments()
        .forEach(
            (sequence, end) -> {
              if (end > 0 && !names.containsKey(sequence)) {
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
              + " is missing, which was there when the store was closed; 'pagestrata fsck' says"
              + " what can be done");
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
          name + " was not there when the store was closed; it was put back since");
    }
    if (fileBytes < end(sequence)) {
      throw new IOException(
          name
              + " has "
              + fileBytes
              + " bytes, and its records ended at "
              + end(sequence)
              + " when the store was closed");
    }
  }
}
