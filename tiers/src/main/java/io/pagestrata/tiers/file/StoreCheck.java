// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.CheckTotals;
import io.pagestrata.core.check.DirectoryInUseException;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.Inspection.StoreState;
import io.pagestrata.core.check.PoolFacts;
import io.pagestrata.core.check.RecordFacts;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.core.check.SegmentFacts;
import io.pagestrata.core.check.Severity;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.PageLog.SavedPool;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.crypt.EncryptionKey;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Looks at the directory of a store from outside: checks and repairs that of a stopped one, tells
 * what is in that of any. Stateless.
 */
public final class StoreCheck {
  /** Part of the heap that records may take. */
  private static final int HEAP_SHARE = 2;

  private static final long FEWEST_RECORDS = 1 << 16;

  private static final Finding UNLOCKED =
      new Finding(
          Severity.NOTE,
          DirectoryLock.NAME,
          Finding.NO_OFFSET,
          "is not there and cannot be made: whether a store used the directory meanwhile is not"
              + " known",
          "",
          "",
          Remedy.NONE);

  private StoreCheck() {}

  /**
   * How a directory is checked.
   *
   * @param encryption keys of its segments; without them checksums have to do
   * @param repair whether to put right what can be
   * @param acceptLoss whether to go on without what is lost when nobody can say which pages it was
   */
  public record Request(FileEncryption encryption, boolean repair, boolean acceptLoss) {}

  /**
   * Whether a directory holds a store.
   *
   * @param directory a directory
   * @return whether a segment or a manifest is in it
   * @throws IOException when it cannot be read
   */
  public static boolean holdsStore(Path directory) throws IOException {
    return CheckedDirectory.holdsStore(NioSegmentFiles.forReading(directory));
  }

  /**
   * Who has a directory for itself now: a store that runs, or a check. Asking is never in the way
   * of one that begins.
   *
   * @param directory a directory
   * @return the process in words; empty also when this cannot be known, since there is no lock file
   * @throws IOException when it cannot be read
   */
  public static Optional<String> user(Path directory) throws IOException {
    return DirectoryLock.user(directory);
  }

  /**
   * Checks the directory of a stopped store, and repairs it when asked to. One that cannot be
   * written to, as on a file system that is read-only, is checked all the same; a finding says so
   * when nobody can say whether a store uses it.
   *
   * @param directory where the segments are
   * @param request what to do
   * @param progress hears how far it is
   * @return what there is, with all findings
   * @throws DirectoryInUseException when the store runs
   * @throws IOException when something cannot be read or written, or the progress says to stop; a
   *     repair has changed nothing then, or its message says that another one goes on
   */
  public static Inspection check(Path directory, Request request, CheckProgress progress)
      throws IOException {
    return check(directory, request, progress, Files.isWritable(directory));
  }

  static Inspection check(
      Path directory, Request request, CheckProgress progress, boolean isWritable)
      throws IOException {
    boolean forReading = !isWritable && !request.repair();
    SegmentFiles files =
        forReading ? NioSegmentFiles.forReading(directory) : new NioSegmentFiles(directory, false);
    boolean unlocked = forReading && !files.list().contains(DirectoryLock.NAME);
    Closeable lock = lock(files);
    try (lock) {
      Inspection found = check(files, directory, request, progress, mostRecords());
      return unlocked ? found.with(UNLOCKED) : found;
    }
  }

  private static Closeable lock(SegmentFiles files) throws IOException {
    try {
      return files.lock();
    } catch (DirectoryInUseException e) {
      String more =
          new ManifestFiles(files).exist()
              ? " 'pagestrata inspect' shows what is in it meanwhile."
              : " The store is volatile: there is nothing to check, and its next start deletes"
                  + " everything.";
      throw new DirectoryInUseException(e.getMessage() + more);
    }
  }

  static Inspection check(
      SegmentFiles files, Path directory, Request request, CheckProgress progress, long mostRecords)
      throws IOException {
    if (request.repair()) {
      Repair.resume(files);
    }
    CheckedDirectory checked =
        CheckedDirectory.read(files, request.encryption(), true, progress, mostRecords);
    Inspection before = inspection(checked, directory);
    if (request.repair()
        && before.state().durable()
        && checked.findings().canRepair(request.acceptLoss())) {
      Repair repair = new Repair(files, checked, progress);
      checkRoom(directory, repair.neededBytes());
      Manifest next = checked.nextManifest();
      repair.run();
      checked.findings().repaired();
      return inspection(before, checked, next);
    }
    return inspection(before, checked, checked.manifest());
  }

  private static void checkRoom(Path directory, long neededBytes) throws IOException {
    long freeBytes = Files.getFileStore(directory).getUsableSpace();
    if (freeBytes < neededBytes) {
      throw new IOException(
          "the repair needs "
              + neededBytes
              + " bytes on the disk and "
              + freeBytes
              + " are free; nothing was changed");
    }
  }

  private static long mostRecords() {
    long heapBytes = Runtime.getRuntime().maxMemory();
    return Math.max(FEWEST_RECORDS, heapBytes / HEAP_SHARE / RecordList.RECORD_BYTES);
  }

  /**
   * Tells what is in the directory of a store, which may run meanwhile; then the figures are those
   * of different moments. Changes nothing and takes no lock.
   *
   * @param directory where the segments are
   * @param progress hears how far it is
   * @return what there is
   * @throws IOException when something cannot be read
   */
  public static Inspection inspect(Path directory, CheckProgress progress) throws IOException {
    SegmentFiles files = NioSegmentFiles.forReading(directory);
    CheckedDirectory checked =
        CheckedDirectory.read(files, FileEncryption.none(), false, progress, mostRecords());
    return inspection(checked, directory).usedBy(userIfKnown(directory));
  }

  /** What is in a directory can be told without it. */
  private static String userIfKnown(Path directory) {
    try {
      return user(directory).orElse("");
    } catch (IOException e) {
      return "unknown, " + e.getMessage();
    }
  }

  /**
   * Shows the records of one segment in file order; damaged ones come last.
   *
   * @param directory where the segments are
   * @param name of its file
   * @param sink takes them
   * @throws IOException when it cannot be read, or is no segment
   */
  public static void records(Path directory, String name, Consumer<RecordFacts> sink)
      throws IOException {
    SegmentFiles files = NioSegmentFiles.forReading(directory);
    CheckedSegment segment = new CheckedSegment(name, 0);
    SegmentIdentification.readHeader(files, segment);
    Map<Integer, String> codecs = codecNames();
    SegmentList list = new SegmentList(Manifest.ofNewStore(segment.header.pageBytes()));
    new SegmentExam(files, list, FileEncryption.none(), null)
        .examine(
            segment,
            (memory, offset, position, bytes, flags) ->
                sink.accept(
                    new RecordFacts(
                        position,
                        bytes,
                        kind(flags),
                        ZpageHeader.pool(memory, offset),
                        ZpageHeader.object(memory, offset),
                        Integer.toUnsignedLong(ZpageHeader.index(memory, offset)),
                        ZpageHeader.generation(memory, offset),
                        codecName(codecs, ZpageHeader.codec(memory, offset)),
                        ZpageHeader.storedBytes(memory, offset))),
            new Examined());
  }

  private static String kind(int flags) {
    if ((flags & RecordList.DAMAGED) != 0) {
      return "damaged";
    }
    if ((flags & RecordList.TOMBSTONE) != 0) {
      return "tombstone";
    }
    return (flags & RecordList.LOST) != 0 ? "lost" : "page";
  }

  private static Map<Integer, String> codecNames() {
    Map<Integer, String> names = new TreeMap<>();
    Codecs.all().forEach(codec -> names.put(codec.id(), codec.name().split("-")[0]));
    names.put(PageCodec.FILL_ID, "fill");
    names.put(PageCodec.ZSTD_DICTIONARY_ID, "zstd-dictionary");
    names.put(PageCodec.CONTENT_ID, "content");
    names.put(PageCodec.LOST_ID, "lost");
    return names;
  }

  private static String codecName(Map<Integer, String> names, int id) {
    return names.getOrDefault(id, "codec-" + id);
  }

  private static Inspection inspection(CheckedDirectory checked, Path directory)
      throws IOException {
    Manifest manifest = checked.manifest();
    StoreState state =
        manifest == null
            ? new StoreState(false, false, "", 0, pageBytes(checked), "")
            : new StoreState(
                true,
                manifest.clean(),
                manifest.storeId().toString(),
                manifest.number(),
                manifest.pageBytes(),
                "");
    Map<Integer, String> codecs = codecNames();
    List<SegmentFacts> segments = new ArrayList<>();
    for (CheckedSegment segment : checked.segments()) {
      if (!segment.gone) {
        segments.add(facts(segment, modifiedMillis(directory.resolve(segment.name)), codecs));
      }
    }
    return new Inspection(
        state, segments, pools(checked, manifest), totals(checked), checked.findings().list(), 0);
  }

  /** The same with the findings as they are now, and pools as a manifest names them. */
  private static Inspection inspection(
      Inspection facts, CheckedDirectory checked, Manifest manifest) {
    return new Inspection(
        facts.state(),
        facts.segments(),
        pools(checked, manifest),
        facts.totals(),
        checked.findings().list(),
        checked.findings().moreLeft());
  }

  private static int pageBytes(CheckedDirectory checked) {
    return checked.usable().stream()
        .mapToInt(segment -> segment.header.pageBytes())
        .findFirst()
        .orElse(0);
  }

  private static long modifiedMillis(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static SegmentFacts facts(
      CheckedSegment segment, long modifiedMillis, Map<Integer, String> codecs) {
    Map<String, Long> shares = new TreeMap<>();
    segment.payloadByCodec.forEach((id, bytes) -> shares.put(codecName(codecs, id), bytes));
    SegmentFormat.Header header = segment.header;
    String stream = "unknown";
    String encryption = "none";
    if (header != null) {
      stream = header.stream() == 0 ? "writeback" : "cleaning";
      encryption = header.seal() == null ? "none" : EncryptionKey.idText(header.seal().keyId());
    }
    return new SegmentFacts(
        segment.name,
        segment.sequence,
        header == null ? 0 : header.readVersion(),
        stream,
        segment.usable ? segment.sealed ? "sealed" : "open" : "damaged",
        encryption,
        segment.fileBytes,
        modifiedMillis,
        segment.records,
        segment.tombstones,
        segment.damaged.size(),
        segment.recordBytes,
        segment.liveRecords,
        segment.liveBytes,
        segment.records == 0 ? 0 : segment.lowestGeneration,
        segment.highestGeneration,
        shares);
  }

  private static List<PoolFacts> pools(CheckedDirectory checked, Manifest manifest) {
    Map<Integer, PoolFacts> pools = new TreeMap<>();
    if (manifest != null) {
      for (SavedPool pool : manifest.pools()) {
        pools.put(
            pool.id(), new PoolFacts(pool.id(), pool.name(), pool.tenant(), pool.shared(), 0, 0));
      }
    }
    checked
        .review()
        .pools()
        .forEach(
            (id, sums) -> {
              PoolFacts named = pools.getOrDefault(id, new PoolFacts(id, "", "", false, 0, 0));
              pools.put(
                  id,
                  new PoolFacts(
                      id, named.name(), named.tenant(), named.shared(), sums[0], sums[1]));
            });
    return List.copyOf(pools.values());
  }

  private static CheckTotals totals(CheckedDirectory checked) {
    long records = 0;
    long tombstones = 0;
    long damaged = 0;
    long fileBytes = 0;
    long liveBytes = 0;
    long encrypted = 0;
    List<CheckedSegment> usable = checked.usable();
    for (CheckedSegment segment : usable) {
      records += segment.records;
      tombstones += segment.tombstones;
      damaged += segment.damaged.size();
      fileBytes += segment.fileBytes;
      liveBytes += segment.liveBytes;
      encrypted += segment.header.seal() == null ? 0 : 1;
    }
    return new CheckTotals(
        usable.size(),
        records,
        checked.review().pages(),
        checked.review().lostPages(),
        tombstones,
        damaged,
        fileBytes,
        liveBytes,
        encrypted,
        checked.unopened(),
        checked.findings().more());
  }
}
