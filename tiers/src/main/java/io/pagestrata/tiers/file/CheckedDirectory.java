// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.RecordCollector.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Everything that a check knows of a directory: its manifest, its segments, and what is alive in
 * them.
 *
 * <p>Records are sorted by page in memory, 32 bytes each. When there are more than fit, the
 * segments are read several times, each time for a part of the pages, and then again for parts of
 * the generations. For one thread.
 */
final class CheckedDirectory {
  /** What pools of contents are called, which nobody asks for by name. */
  private static final String CONTENTS = "content";

  /** One part in so many is added, since a hash does not spread quite evenly. */
  private static final int SPARE_PARTS = 8;

  private final SegmentFiles files;
  private final CheckProgress progress;
  private final Examined examined = new Examined();
  private final CheckFindings findings = examined.findings();
  private final List<CheckedSegment> segments = new ArrayList<>();
  private final Set<Integer> pools = new HashSet<>();
  private final SortedMap<Long, String> manifestNames;
  private final List<String> names;
  private Manifest manifest;
  private boolean manifestIsLost;
  private boolean manifestIsOld;
  private PageReview review;
  private SharedContents contents;
  private final boolean stopped;
  private Supplier<SegmentExam> exams;
  private long segmentBytes;

  private CheckedDirectory(SegmentFiles files, boolean stopped, CheckProgress progress)
      throws IOException {
    this.files = files;
    this.stopped = stopped;
    this.progress = progress;
    names = new ArrayList<>(new TreeSet<>(files.list()));
    manifestNames = new ManifestFiles(files).names();
  }

  /** Whether a directory holds the files of a store. */
  static boolean holdsStore(SegmentFiles files) throws IOException {
    return files.list().stream()
        .anyMatch(name -> SegmentNames.isName(name) || ManifestFiles.isName(name));
  }

  /**
   * Reads everything.
   *
   * @param stopped whether no store runs in it; in one that runs, a content may move while pages
   *     that share it are looked at, so nobody can say whether it is there
   * @param mostRecords that are held in memory at a time
   */
  static CheckedDirectory read(
      SegmentFiles files,
      FileEncryption encryption,
      boolean stopped,
      CheckProgress progress,
      long mostRecords)
      throws IOException {
    CheckedDirectory directory = new CheckedDirectory(files, stopped, progress);
    directory.readManifest();
    directory.readSegments(encryption, mostRecords);
    return directory;
  }

  private void readManifest() throws IOException {
    ManifestFiles manifests = new ManifestFiles(files);
    List<String> damaged = new ArrayList<>();
    for (String name : manifestNames.values()) {
      Manifest read = manifests.read(name);
      if (read == null) {
        damaged.add(name);
        continue;
      }
      if (manifest != null) {
        findings.tidy(
            ManifestFiles.name(manifest),
            "manifest " + manifest.number() + " is older than manifest " + read.number(),
            "it is deleted, as it is when the store opens");
      }
      manifest = read;
    }
    for (String name : damaged) {
      if (manifest == null) {
        findings.loss(
            name,
            0,
            "the manifest is damaged, and the store does not open",
            "",
            "a manifest is made from the segments; pools are called recovered-ID, and pools that"
                + " were destroyed may come back");
      } else {
        findings.tidy(
            name,
            "a manifest that is not whole, as after a crash while it was written",
            "it is set aside");
      }
    }
  }

  /** Who a store is whose manifest is lost: the one to whom most segments belong. */
  private Manifest recoveredManifest() throws IOException {
    Map<UUID, Integer> votes = new HashMap<>();
    SegmentFormat.Header best = null;
    ByteBuffer start = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    for (CheckedSegment segment : segments) {
      try (SegmentFile file = files.open(segment.name)) {
        file.readFully(start.clear(), 0);
      }
      SegmentFormat.Header header =
          start.hasRemaining() ? null : SegmentFormat.readHeader(start.clear());
      if (header != null && header.survives()) {
        int count = votes.merge(header.storeId(), 1, Integer::sum);
        best = best == null || count > votes.get(best.storeId()) ? header : best;
      }
    }
    return best == null
        ? null
        : new Manifest(
            best.storeId(), 0, best.pageBytes(), 0, false, Integer.MAX_VALUE, List.of(), null, 0);
  }

  private void readSegments(FileEncryption encryption, long mostRecords) throws IOException {
    for (String name : names) {
      if (SegmentNames.isName(name)) {
        segments.add(new CheckedSegment(name, segments.size()));
      }
    }
    if (manifest == null) {
      replaceManifest();
    }
    boolean durable = manifest != null;
    Manifest owner = durable ? manifest : Manifest.ofNewStore(1 << ZpageHeader.MIN_PAGE_SHIFT);
    SegmentIdentification identification = identify(durable, owner);
    owner.pools().forEach(pool -> pools.add(pool.id()));
    SegmentKeys keys = new SegmentKeys(encryption, owner.pageBytes());
    DictionaryCheck dictionaries = new DictionaryCheck(files, owner.storeId(), keys, findings);
    SegmentList list = identification.list();
    BitSet whole = durable ? dictionaries.whole() : null;
    exams = () -> new SegmentExam(files, list, encryption, whole);
    contents = new SharedContents(segments, this::isPool);
    review = new PageReview(segments, this::isPool, this::isContents, contents, findings);
    readRecords(mostRecords);
    review.tellDamage();
    if (durable) {
      checkManifest();
    }
    OtherFiles.check(files, names, findings);
    if (durable) {
      dictionaries.check(examined.dictionaries());
    }
  }

  /**
   * Puts one in the place of a manifest that is missing, if the segments are of a durable store.
   */
  private void replaceManifest() throws IOException {
    manifest = recoveredManifest();
    manifestIsLost = manifest != null;
    if (manifestIsLost && manifestNames.isEmpty()) {
      findings.loss(
          "",
          -1,
          "there is no manifest, and the store does not open",
          "",
          "one is made from the segments; pools are called recovered-ID, and pools that were"
              + " destroyed may come back");
    }
  }

  /** Looks at the start and the end of each segment. */
  private SegmentIdentification identify(boolean durable, Manifest owner) throws IOException {
    SegmentIdentification identification =
        new SegmentIdentification(
            files,
            durable,
            owner,
            manifestIsLost ? Long.MAX_VALUE : lastManifestNumber(),
            repairCutOff(),
            progress,
            findings);
    identification.identify(segments);
    segmentBytes = identification.segmentBytes();
    manifestIsOld = identification.manifestIsOld();
    return identification;
  }

  private boolean isPool(int pool) {
    return manifest == null || manifestIsLost || pools.contains(pool) || isNewerPool(pool);
  }

  /** Whether a pool holds contents that pages of other pools share. */
  private boolean isContents(int pool) {
    return contentPools().contains(pool)
        || manifest != null
            && manifest.pools().stream().anyMatch(it -> it.id() == pool && it.contents());
  }

  /** Whether a pool was made after the manifest. */
  private boolean isNewerPool(int pool) {
    return Integer.compareUnsigned(pool, manifest.nextPool()) >= 0;
  }

  private void readRecords(long mostRecords) throws IOException {
    RecordCollector collector = new RecordCollector(this::newExam, progress, examined);
    progress.begin("reading segments", usableBytes());
    RecordList records = new RecordList();
    long parts = 1;
    boolean complete = collector.collect(usable(), records, Part.ALL, mostRecords, true);
    while (!complete) {
      // A hash spreads the pages over the parts, so they are nearly equal.
      long collected = collector.collected();
      parts = Math.max(parts + 1, collected * SPARE_PARTS / (mostRecords * (SPARE_PARTS - 1)) + 1);
      Part part = new Part(parts, 0, false);
      complete = collector.collect(usable(), records, part, mostRecords, false);
    }
    progress.end();
    boolean reviewed = false;
    for (long part = 0; stopped && part < parts && !contentPools().isEmpty(); part++) {
      // Which contents are missing must be known before any page is looked at.
      if (part > 0) {
        collectAgain(collector, records, new Part(parts, part, false));
      }
      contents.review(records);
      reviewed = true;
    }
    for (long part = 0; part < parts; part++) {
      if (part > 0 || reviewed && parts > 1) {
        collectAgain(collector, records, new Part(parts, part, false));
      }
      records.removeAll(RecordList.REFERENCE);
      review.byPage(records);
    }
    if (parts == 1) {
      review.byGeneration(records);
    }
    for (long part = 0; part < parts && parts > 1; part++) {
      collectAgain(collector, records, new Part(parts, part, true));
      review.byGeneration(records);
    }
  }

  private Set<Integer> contentPools() {
    return examined.contentPools();
  }

  private long usableBytes() {
    return usable().stream().mapToLong(segment -> segment.fileBytes).sum();
  }

  private void collectAgain(RecordCollector collector, RecordList records, Part part)
      throws IOException {
    progress.begin("again, part " + (part.part() + 1) + " of " + part.parts(), usableBytes());
    collector.collect(usable(), records, part, Long.MAX_VALUE, false);
    progress.end();
  }

  private void checkManifest() {
    long highest = 0;
    for (CheckedSegment segment : usable()) {
      highest = Math.max(highest, segment.highestGeneration);
    }
    for (int pool : examined.pools()) {
      if (!isPool(pool)) {
        findings.note(
            "",
            -1,
            "records of pool "
                + Integer.toUnsignedString(pool)
                + ", which was destroyed, wait for cleaning");
      }
      manifestIsOld |= !manifestIsLost && isNewerPool(pool);
    }
    manifestIsOld |= manifest.clean() && highest > manifest.generation();
    if (manifestIsOld) {
      findings.unknownLoss(
          ManifestFiles.name(manifest),
          0,
          "the manifest is older than the segments, and the store does not open",
          "one is made from it and the segments; pools made since are called recovered-ID, and"
              + " pools destroyed since come back");
    }
  }

  private boolean repairCutOff() {
    return names.contains(RepairGuard.NAME);
  }

  private long lastManifestNumber() {
    long known = manifest == null ? 0 : manifest.number();
    return ManifestFiles.lastNumber(manifestNames.keySet(), known);
  }

  /** Segments whose records are those of the store. */
  List<CheckedSegment> usable() {
    return segments.stream().filter(segment -> segment.usable).toList();
  }

  List<CheckedSegment> segments() {
    return segments;
  }

  CheckFindings findings() {
    return findings;
  }

  PageReview review() {
    return review;
  }

  /** The manifest in force, one that was made up from segments, or null in a volatile store. */
  Manifest manifest() {
    return manifest;
  }

  /** Something to read segments with again. */
  SegmentExam newExam() {
    return exams.get();
  }

  long unopened() {
    return examined.unopened();
  }

  /** Most bytes of a segment of the store. */
  int segmentBytes() {
    return (int) Math.max(FileTierSettings.MIN_SEGMENT_BYTES, segmentBytes);
  }

  /** Names of all files. */
  List<String> names() {
    return names;
  }

  /** Highest sequence that any file name or header has, or the manifest knows. */
  long lastSequence() {
    return segments.stream()
        .mapToLong(segment -> Math.max(segment.sequence, SegmentNames.sequence(segment.name)))
        .filter(sequence -> sequence <= SegmentNames.MOST_SEQUENCE)
        .reduce(manifest.lastSequence(), Math::max);
  }

  /** A manifest that fits the segments, not marked as clean. */
  Manifest nextManifest() {
    SortedMap<Integer, SavedPool> all = new TreeMap<>();
    manifest.pools().forEach(pool -> all.put(pool.id(), pool));
    int nextPool = manifestIsLost ? 1 : manifest.nextPool();
    for (int pool : examined.pools()) {
      if (manifestIsLost || isNewerPool(pool)) {
        boolean contents = isContents(pool);
        String name = contents ? CONTENTS : "recovered-" + pool;
        all.put(pool, new SavedPool(pool, name, TenantLimits.DEFAULT_NAME, false, contents));
        nextPool = Math.max(nextPool, pool + 1);
      }
    }
    // That of a repair that was cut off is taken again, since segments were made for it.
    long next = lastManifestNumber() + 1;
    long number = next;
    for (CheckedSegment segment : usable()) {
      long made = segment.header.manifest();
      number = made == next && repairCutOff() ? number : Math.max(number, made + 1);
    }
    return new Manifest(
        manifest.storeId(),
        number,
        manifest.pageBytes(),
        0,
        false,
        nextPool,
        List.copyOf(all.values()),
        null,
        lastSequence());
  }
}
