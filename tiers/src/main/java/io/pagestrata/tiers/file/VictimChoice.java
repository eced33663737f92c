// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

/**
 * Chooses the segment that is cleaned next, when cleaning is needed at all.
 *
 * <p>Needed means: fewer segments than the target can be opened for writeback, or the live share of
 * all sealed segments is below the target. The choice is by cost and benefit (Rosenblum and
 * Ousterhout 1992): free space times age, over the cost of reading the segment and writing its live
 * part, {@code (1 - u) * sqrt(age) / (1 + u)}. Age counts segments begun since the youngest record
 * in it was written, so an idle night makes nothing older. Its square root is ours: the age itself
 * picks old segments too early when all pages are equally hot, and the root keeps nearly all of its
 * gain when they are not.
 *
 * <p>When slots are short, small segments are merged first, see {@link MergeChoice}. When no
 * cleaning is needed, segments that need an old key are emptied, so that it can go.
 */
final class VictimChoice {
  /** Above this, a segment gives back so little that the tier is full instead. */
  private static final double MAX_UTILISATION = 0.95;

  /** Of a segment, what headers, footers and fill may take from the room of cleaning. */
  private static final int OVERHEAD_SHARE = 32;

  private final FileTierSettings settings;
  private final Segments segments;
  private final MergeChoice merging;

  VictimChoice(FileTierSettings settings, Segments segments) {
    this.settings = settings;
    this.segments = segments;
    merging = new MergeChoice(settings, segments);
  }

  /** The best victim that may be visited at this step, or null; a condemned one before all. */
  Segment choose(long step) {
    long room = segments.cleaningRoom() - settings.segmentBytes() / OVERHEAD_SHARE;
    Segment small = segments.isShortOfSlots() ? merging.choose(step, room) : null;
    if (small != null) {
      return small;
    }
    double mostUtilisation = mostUtilisation();
    if (mostUtilisation == 0) {
      return outdated(step, room);
    }
    long now = segments.lastSequence();
    Segment best = null;
    double bestScore = 0;
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment == null || !segment.isSealed() || !segment.visits().mayBeVisited(step)) {
        continue;
      }
      long liveBytes = segments.tombstones().keptUnits(segment) * settings.recordAlignment();
      double utilisation = (double) liveBytes / segment.fileBytes();
      double age = Math.sqrt(now - segment.youngest() + 1);
      boolean condemned = segment.visits().isCondemned();
      double score = condemned ? Double.MAX_VALUE : (1 - utilisation) * age / (1 + utilisation);
      if (segment.liveRecords() > 0
          && (condemned || utilisation <= mostUtilisation)
          && liveBytes <= room
          && score > bestScore) {
        best = segment;
        bestScore = score;
      }
    }
    return best;
  }

  /** A segment that is condemned, or needs another key than new ones do, or null. */
  private Segment outdated(long step, long room) {
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null
          && segment.isSealed()
          && segment.liveRecords() > 0
          && segment.visits().mayBeVisited(step)
          && (segment.visits().isCondemned() || !segments.isUpToDate(segment))
          && segments.tombstones().keptUnits(segment) * settings.recordAlignment() <= room) {
        return segment;
      }
    }
    return null;
  }

  /** How full a victim may be: 0 when no cleaning is needed. */
  private double mostUtilisation() {
    if (segments.isShortOfBytes()) {
      return MAX_UTILISATION;
    }
    long liveBytes = 0;
    long fileBytes = 0;
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null && segment.isSealed() && segment.liveRecords() > 0) {
        liveBytes += segments.tombstones().keptUnits(segment) * settings.recordAlignment();
        fileBytes += segment.fileBytes();
      }
    }
    return liveBytes < settings.liveRatioTarget() * fileBytes ? settings.liveRatioTarget() : 0;
  }
}
