// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.CheckStoppedException;
import io.pagestrata.tiers.file.index.LocationIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts right what a check found, so that the store opens and never takes an older content of a page
 * for the present one.
 *
 * <pre>
 *   nothing is changed, all that needs room is written and forced; may be stopped
 *     markers          segment-N.pss.new
 *     written again    NAME.new
 *     manifest         store-N.psm.new
 *   guard file made; from here on files are only renamed and deleted
 *     markers          segment-N.pss.new      -> segment-N.pss
 *     foreign, copies  NAME                   -> NAME.damaged
 *     wrong names      NAME                   -> RIGHT.misplaced -> RIGHT
 *     written again    NAME                   -> NAME.replaced; NAME.new -> NAME;
 *                      NAME.replaced          -> NAME.damaged
 *     manifest         store-N.psm.new        -> store-N.psm
 *   guard file gone
 * </pre>
 *
 * <p>A repair that fails or is stopped before the guard file is there leaves the store as it was.
 * While the guard file is there no store opens the directory, so what lies between two steps is
 * seen by nobody but the next repair, which goes back to the beginning of the step that was cut
 * off. Nothing that was damaged is deleted: it stays under another name. For one thread.
 */
final class Repair {
  private static final String NEW = ".new";
  private static final String REPLACED = ".replaced";
  private static final String MISPLACED = ".misplaced";

  private final SegmentFiles files;
  private final CheckedDirectory directory;
  private final CheckProgress progress;
  private final ManifestFiles manifests;
  private final Set<String> names;

  /** Files with the end {@link #NEW} that were made. */
  private final List<String> made = new ArrayList<>();

  private final List<String> markerNames = new ArrayList<>();

  Repair(SegmentFiles files, CheckedDirectory directory, CheckProgress progress)
      throws IOException {
    this.files = files;
    this.directory = directory;
    this.progress = progress;
    manifests = new ManifestFiles(files);
    names = new TreeSet<>(files.list());
    names.addAll(files.listOthers());
  }

  /** Whether a file is one that a repair which was cut off left behind. */
  static boolean isLeftOver(String name) {
    return name.equals(RepairGuard.NAME)
        || isNew(name)
        || isSegmentWith(name, REPLACED)
        || isSegmentWith(name, MISPLACED);
  }

  private static boolean isNew(String name) {
    return isSegmentWith(name, NEW)
        || name.endsWith(NEW)
            && ManifestFiles.isName(name.substring(0, name.length() - NEW.length()));
  }

  private static boolean isSegmentWith(String name, String suffix) {
    return name.endsWith(suffix)
        && SegmentNames.isName(name.substring(0, name.length() - suffix.length()));
  }

  /** Goes back to the beginning of the step in which a repair was cut off. */
  static void resume(SegmentFiles files) throws IOException {
    Set<String> names = new TreeSet<>(files.list());
    if (names.stream().noneMatch(Repair::isLeftOver)) {
      return;
    }
    for (String name : List.copyOf(names)) {
      if (isSegmentWith(name, REPLACED) || isSegmentWith(name, MISPLACED)) {
        String right = name.substring(0, name.lastIndexOf('.'));
        String target = right;
        if (names.contains(right)) {
          // One that is misplaced is whole, and comes to its name when the other there has gone.
          target =
              name.endsWith(MISPLACED)
                  ? freeSegment(names)
                  : SegmentNames.free(names, right + SegmentNames.ASIDE);
        }
        files.rename(name, target);
        names.add(target);
      } else if (isNew(name)) {
        files.delete(name);
      }
    }
    files.forceDirectory();
  }

  private static String freeSegment(Set<String> names) {
    return SegmentNames.of(
        names.stream()
                .mapToLong(SegmentNames::sequence)
                .filter(sequence -> sequence < SegmentNames.MOST_SEQUENCE)
                .reduce(0, Math::max)
            + 1);
  }

  /** Bytes that the repair writes at most. */
  long neededBytes() {
    long bytes = 0;
    for (CheckedSegment segment : directory.segments()) {
      if (segment.usable && segment.needsRewrite) {
        bytes += SegmentRewrite.mostBytes(segment);
      }
    }
    long count = LostMarkers.count(directory.segments());
    Manifest next = directory.nextManifest();
    return bytes + next.encode().limit() + (count == 0 ? 0 : markers(next).bytes(count) * 2);
  }

  private LostMarkers markers(Manifest owner) {
    return new LostMarkers(owner, directory.segmentBytes());
  }

  /**
   * Does everything.
   *
   * @throws IOException when it failed or was stopped, with what that leaves in its message
   */
  void run() throws IOException {
    Manifest manifest = directory.nextManifest();
    boolean goesOn = names.contains(RepairGuard.NAME);
    try {
      writeMarkers(manifest);
      writeAgain();
      makeNew(ManifestFiles.name(manifest));
      manifests.prepare(manifest, ManifestFiles.name(manifest) + NEW);
      makeGuard();
    } catch (CheckStoppedException e) {
      undo(goesOn, e);
      throw e;
    } catch (IOException e) {
      undo(goesOn, e);
      throw new IOException(
          "the repair cannot be written, and nothing was changed: " + e.getMessage(), e);
    }
    try {
      deleteIndex();
      takeMarkers();
      setAside();
      rename();
      replace();
      tidy();
      files.rename(ManifestFiles.name(manifest) + NEW, ManifestFiles.name(manifest));
      files.forceDirectory();
      manifests.settle(manifest);
      files.delete(RepairGuard.NAME);
      files.forceDirectory();
    } catch (IOException e) {
      throw new IOException(
          "the repair was cut off, run it again before the store is opened: " + e.getMessage(), e);
    }
  }

  private void makeGuard() throws IOException {
    if (names.add(RepairGuard.NAME)) {
      try (SegmentFile guard = files.create(RepairGuard.NAME)) {
        guard.force();
      }
    }
    files.forceDirectory();
  }

  /** Takes back what only needed room. */
  private void undo(boolean goesOn, IOException cause) {
    try {
      if (!goesOn) {
        files.delete(RepairGuard.NAME);
      }
      for (String name : made) {
        files.delete(name);
      }
      files.forceDirectory();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private String makeNew(String name) {
    made.add(name + NEW);
    return name + NEW;
  }

  /** The next start makes it again, from what the repair leaves. */
  private void deleteIndex() throws IOException {
    for (String name : files.list()) {
      if (LocationIndex.isFile(name)) {
        files.delete(name);
      }
    }
  }

  private void writeMarkers(Manifest manifest) throws IOException {
    List<LostMarkers.Place> places = LostMarkers.places(directory.segments());
    LostMarkers markers = markers(manifest);
    long sequence = directory.lastSequence();
    for (int from = 0; from < places.size(); from += markers.mostInSegment()) {
      int to = Math.min(places.size(), from + markers.mostInSegment());
      String name = SegmentNames.of(++sequence);
      markers.write(files, makeNew(name), sequence, places.subList(from, to));
      markerNames.add(name);
    }
  }

  private void takeMarkers() throws IOException {
    for (String name : markerNames) {
      files.rename(name + NEW, name);
      names.add(name);
    }
    files.forceDirectory();
  }

  private List<CheckedSegment> wanted() {
    return directory.usable().stream().filter(segment -> segment.needsRewrite).toList();
  }

  private void writeAgain() throws IOException {
    SegmentRewrite rewrite = new SegmentRewrite(files, directory.newExam());
    progress.begin("writing again", wanted().stream().mapToLong(it -> it.fileBytes).sum());
    for (CheckedSegment segment : wanted()) {
      if (progress.isStopped()) {
        throw new CheckStoppedException();
      }
      rewrite.write(segment, makeNew(SegmentNames.of(segment.sequence)));
      progress.advance(segment.fileBytes);
    }
    progress.end();
  }

  private void setAside() throws IOException {
    for (CheckedSegment segment : directory.segments()) {
      if (segment.setAside) {
        putAway(segment.name);
      }
    }
    for (String name : OtherFiles.inTheWay(files)) {
      putAway(name);
    }
    files.forceDirectory();
  }

  private void putAway(String name) throws IOException {
    String target = SegmentNames.free(names, name + SegmentNames.ASIDE);
    files.rename(name, target);
    names.remove(name);
    names.add(target);
  }

  private void rename() throws IOException {
    List<CheckedSegment> wrong = new ArrayList<>();
    for (CheckedSegment segment : directory.usable()) {
      if (!SegmentIdentification.isNamedRight(segment)) {
        wrong.add(segment);
      }
    }
    for (CheckedSegment segment : wrong) {
      files.rename(segment.name, SegmentNames.of(segment.sequence) + MISPLACED);
      names.remove(segment.name);
    }
    files.forceDirectory();
    for (CheckedSegment segment : wrong) {
      String right = SegmentNames.of(segment.sequence);
      files.rename(right + MISPLACED, right);
      segment.name = right;
      names.add(right);
    }
    files.forceDirectory();
  }

  /** Each has its right name by now. */
  private void replace() throws IOException {
    for (CheckedSegment segment : wanted()) {
      files.rename(segment.name, segment.name + REPLACED);
    }
    files.forceDirectory();
    for (CheckedSegment segment : wanted()) {
      files.rename(segment.name + NEW, segment.name);
    }
    files.forceDirectory();
    for (CheckedSegment segment : wanted()) {
      String target = SegmentNames.free(names, segment.name + SegmentNames.ASIDE);
      files.rename(segment.name + REPLACED, target);
      names.add(target);
    }
  }

  /** Deletes what a start would, and keeps manifests that are not whole, which a start deletes. */
  private void tidy() throws IOException {
    for (String name : List.copyOf(names)) {
      if (OtherFiles.isTemporary(name)) {
        files.delete(name);
      } else if (OtherFiles.isDamaged(files, name)) {
        putAway(name);
      }
    }
    for (String name : manifests.names().values()) {
      if (manifests.read(name) == null) {
        putAway(name);
      }
    }
  }
}
