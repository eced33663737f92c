// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import io.pagestrata.core.tier.IndexStats;
import io.pagestrata.tiers.ram.chronicle.ChronicleJvm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Says where the records of sealed segments are, so that a start need not read them.
 *
 * <p>The segments are the truth. A list counts only for the very file that it was made of, which
 * its trailer tells; what is missing, stale or damaged is read from the segment, and then brought
 * into the index again. So the index needs no order with the writes of the log, no force, and no
 * difference between a clean stop and a crash, and nothing that happens to it is ever an error of
 * the store. Thread-safe, but for the start.
 */
public final class LocationIndex implements Closeable {
  /** An index that knows nothing and takes nothing. */
  public static final LocationIndex NONE = new LocationIndex(null, null);

  private static final Logger LOG = LogManager.getLogger(LocationIndex.class);

  /** Reading so many records from their segments takes less than Chronicle Map takes to start. */
  private static final long WORTHWHILE_RECORDS = 1 << 17;

  /** Only during the start. */
  private IndexReader reader;

  /** Sequences whose segments were there at the start. */
  private final Set<Long> known = new HashSet<>();

  private final IndexWriter writer;
  private volatile boolean starting = true;

  private LocationIndex(IndexReader reader, IndexWriter writer) {
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Opens the index of a store, or begins one.
   *
   * @param mode whether there is one
   * @param directory where the segments are, in use by this store alone
   * @param storeId of the store
   * @param maxBytes size of the tier
   * @param segmentBytes size of a segment
   * @param segments most segments that exist at a time
   * @return the index; one without use when it is off or this JVM cannot have it
   * @throws IOException when it is on and this JVM cannot run Chronicle Map
   */
  public static LocationIndex open(
      IndexMode mode, Path directory, UUID storeId, long maxBytes, int segmentBytes, int segments)
      throws IOException {
    if (mode == IndexMode.OFF) {
      deleteAll(directory);
      return NONE;
    }
    IndexShape shape = IndexShape.of(maxBytes, segmentBytes, segments);
    Optional<String> complaint = ChronicleJvm.complaint("the location index");
    if (complaint.isPresent() && mode == IndexMode.ON) {
      throw new IOException(complaint.get());
    }
    IndexReader reader = read(directory, shape, storeId);
    if (complaint.isPresent()) {
      LOG.warn("{}: starts read the segments from now on, since {}", directory, complaint.get());
      return new LocationIndex(reader, null);
    }
    Map<Long, Integer> parts = reader == null ? Map.of() : reader.partCounts();
    return new LocationIndex(
        reader, new IndexWriter(directory, shape, storeId, worthwhileBytes(mode), parts));
  }

  private static void deleteAll(Path directory) {
    try {
      IndexFiles.deleteOthers(directory, Optional.empty());
    } catch (IOException e) {
      // It takes room and does no harm: what it says counts for the very files it was made of.
      LOG.warn("{}: a location index stays for now: {}", directory, e.toString());
    }
  }

  private static long worthwhileBytes(IndexMode mode) {
    return mode == IndexMode.ON ? 1 : WORTHWHILE_RECORDS * LocationList.RECORD_BYTES;
  }

  private static IndexReader read(Path directory, IndexShape shape, UUID storeId) {
    try {
      Optional<Path> file = IndexFiles.find(directory, shape);
      return file.isEmpty() ? null : new IndexReader(file.get(), shape, storeId);
    } catch (IOException e) {
      LOG.warn("{}: the location index cannot be read: {}", directory, e.toString());
      return null;
    }
  }

  /**
   * Whether a file is a location index, which can be deleted while the store is closed.
   *
   * @param name its name
   * @return false for every other file
   */
  public static boolean isFile(String name) {
    return IndexShape.isName(name);
  }

  /**
   * A list for a new segment.
   *
   * @return null when the index would not take it
   */
  public LocationList newList() {
    return writer == null ? null : new LocationList();
  }

  /**
   * Shows the records of a segment of an earlier run, if the index has all of them.
   *
   * @param sequence of the segment
   * @param trailer the last 64 bytes of its file
   * @param sink takes the records; none of them when not all are there
   * @return how many were shown, or -1
   * @throws IOException when the sink refuses one
   */
  public int recall(long sequence, byte[] trailer, LocationList.Sink sink) throws IOException {
    known.add(sequence);
    if (reader == null) {
      return -1;
    }
    try {
      if (!reader.load(sequence, trailer)) {
        return -1;
      }
    } catch (IOException e) {
      LOG.warn("the location index cannot be read: {}", e.toString());
      return -1;
    }
    return reader.show(sink);
  }

  /**
   * Whether {@link #recall} may show anything.
   *
   * @return false when there was no file that could be read
   */
  public boolean wasThere() {
    return reader != null;
  }

  /** Ends the start: what the index holds of segments that are no more is removed. */
  public void started() {
    if (reader != null) {
      reader.partCounts().keySet().stream()
          .filter(sequence -> !known.contains(sequence))
          .forEach(this::deleted);
    }
    known.clear();
    starting = false;
    closeReader();
    if (writer != null) {
      writer.started();
    }
  }

  private void closeReader() {
    if (reader != null) {
      try {
        reader.close();
      } catch (IOException e) {
        LOG.debug("the location index was read, and could not be closed", e);
      }
      reader = null;
    }
  }

  /**
   * Takes the list of a segment that never changes again.
   *
   * @param sequence of the segment
   * @param list its records, which the caller gives away; null when it is to be read at each start
   * @param trailer the last 64 bytes of its file
   */
  public void sealed(long sequence, LocationList list, byte[] trailer) {
    if (writer != null) {
      writer.add(sequence, list, trailer, starting);
    }
  }

  /**
   * Forgets a segment.
   *
   * @param sequence of the segment
   */
  public void deleted(long sequence) {
    if (writer != null) {
      writer.add(sequence, null, null, false);
    }
  }

  /**
   * Counts what it holds.
   *
   * @return {@link IndexStats#NONE} when nothing is written to it
   */
  public IndexStats stats() {
    return writer == null ? IndexStats.NONE : writer.stats();
  }

  /** Brings what it took into the file and closes it. */
  @Override
  public void close() {
    closeReader();
    if (writer != null) {
      writer.close();
    }
  }
}
