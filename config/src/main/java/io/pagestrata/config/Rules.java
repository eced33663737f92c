// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What makes a configuration valid beyond the kind of each value. Stateless. */
final class Rules {
  private static final int LEAST_SEGMENTS = 4;
  private static final int LEAST_BLOCKS = 16;
  private static final int LEAST_PAGES_PER_BLOCK = 4;
  private static final int LEAST_PAGES_PER_BATCH = 4;
  private static final int LEAST_BATCHES_PER_SEGMENT = 2;
  private static final int MOST_BUFFERS_DIVISOR = 4;

  private Rules() {}

  /** Checks every value, then how they fit together. */
  static void check(
      StoreValues store,
      List<TierConfig> tiers,
      WritebackConfig writeback,
      MonitorConfig monitor,
      Problems problems) {
    checkValues(Place.NO_TIER, Settings.STORE, store, problems);
    for (int i = 0; i < tiers.size(); i++) {
      checkValues(i, sectionOf(tiers.get(i)), (Record) tiers.get(i), problems);
    }
    checkValues(Place.NO_TIER, Settings.WRITEBACK, writeback, problems);
    checkValues(Place.NO_TIER, Settings.MONITOR, monitor, problems);
    checkTogether(store, tiers, writeback, problems);
  }

  /** Checks how values fit together that are each allowed. */
  static void checkTogether(
      StoreValues store, List<TierConfig> tiers, WritebackConfig writeback, Problems problems) {
    checkChain(tiers, problems);
    checkNames(tiers, problems);
    checkWriteback(store, writeback, problems);
    boolean hasLowerTier = tiers.size() > 1;
    for (int i = 0; i < tiers.size(); i++) {
      if (tiers.get(i) instanceof RamTierConfig ram) {
        checkRam(i, ram, store, writeback, hasLowerTier, problems);
      } else if (tiers.get(i) instanceof FileTierConfig file) {
        checkFile(i, file, writeback, problems);
      }
    }
  }

  private static Section<? extends TierConfig> sectionOf(TierConfig tier) {
    return tier instanceof RamTierConfig ? Settings.RAM : Settings.FILE;
  }

  private static void checkValues(int tier, Section<?> section, Record values, Problems problems) {
    for (Setting<?> setting : section.settings()) {
      setting
          .complaintIn(values)
          .ifPresent(it -> problems.add(Place.ofTier(tier, section, setting), it));
    }
  }

  private static void checkChain(List<TierConfig> tiers, Problems problems) {
    if (!problems.isSound(Place.TIERS)) {
      return;
    }
    if (tiers.isEmpty() || !(tiers.get(0) instanceof RamTierConfig)) {
      problems.add(Place.TIERS, "the first tier is not of type ram; expected one ram tier on top");
    }
    for (int i = 1; i < tiers.size(); i++) {
      Place place = Place.ofTier(i, sectionOf(tiers.get(i)));
      if (tiers.get(i) instanceof RamTierConfig && tiers.get(0) instanceof RamTierConfig) {
        problems.add(place, "a second tier of type ram; expected one ram tier, at the top");
      } else if (i < tiers.size() - 1 && tiers.get(i) instanceof FileTierConfig) {
        problems.add(place, "a tier below one of type file; expected one file tier, at the bottom");
      }
    }
  }

  private static void checkNames(List<TierConfig> tiers, Problems problems) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tiers.size(); i++) {
      if (!names.add(tiers.get(i).name())) {
        Section<?> section = sectionOf(tiers.get(i));
        Setting<?> name = section.setting("name").orElseThrow();
        problems.addIfSound(
            Words.quote(tiers.get(i).name())
                + " is the name of a tier above as well; expected different names",
            Place.ofTier(i, section, name));
      }
    }
  }

  private static void checkWriteback(
      StoreValues store, WritebackConfig writeback, Problems problems) {
    if (writeback.lowWatermark() >= writeback.highWatermark()) {
      problems.addIfSound(
          Words.quote(Double.toString(writeback.lowWatermark()))
              + " is not below high-watermark; expected less than "
              + writeback.highWatermark()
              + ", so that reclaim that starts also frees something",
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_LOW_WATERMARK),
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_HIGH_WATERMARK));
    }
    long leastBatchBytes = (long) LEAST_PAGES_PER_BATCH * store.pageBytes();
    if (writeback.batchBytes() < leastBatchBytes) {
      problems.addIfSound(
          tooSmall(writeback.batchBytes(), leastBatchBytes)
              + ": "
              + LEAST_PAGES_PER_BATCH
              + " pages",
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_BATCH_SIZE),
          Place.of(Settings.STORE, Settings.PAGE_SIZE));
    }
  }

  private static void checkRam(
      int tier,
      RamTierConfig ram,
      StoreValues store,
      WritebackConfig writeback,
      boolean hasLowerTier,
      Problems problems) {
    Place maxSize = Place.ofTier(tier, Settings.RAM, Settings.RAM_MAX_SIZE);
    Place blockSize = Place.ofTier(tier, Settings.RAM, Settings.RAM_BLOCK_SIZE);
    Place shardCount = Place.ofTier(tier, Settings.RAM, Settings.RAM_SHARDS);
    Place pageSize = Place.of(Settings.STORE, Settings.PAGE_SIZE);
    if (ram.blockBytes().isPresent()) {
      long blockBytes = ram.blockBytes().get();
      long leastBlockBytes = (long) LEAST_PAGES_PER_BLOCK * store.pageBytes();
      if (blockBytes < leastBlockBytes) {
        problems.addIfSound(
            tooSmall(blockBytes, leastBlockBytes) + ": " + LEAST_PAGES_PER_BLOCK + " pages",
            blockSize,
            pageSize);
      }
    }
    long bufferBytes = hasLowerTier ? (long) writeback.ringSlots() * writeback.batchBytes() : 0;
    if (ram.maxBytes() < bufferBytes * MOST_BUFFERS_DIVISOR) {
      problems.addIfSound(
          tooSmall(ram.maxBytes(), bufferBytes * MOST_BUFFERS_DIVISOR)
              + ": writeback buffers (ring-slots "
              + writeback.ringSlots()
              + " of batch-size "
              + Units.formatBytes(writeback.batchBytes())
              + ") may take a quarter of it",
          maxSize,
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_RING_SLOTS),
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_BATCH_SIZE));
    }
    long blockBytes = ram.blockBytes().orElse(Math.max(64L << 10, 4L * store.pageBytes()));
    int shards = ram.shards().orElse(1);
    long leastBlocksBytes = LEAST_BLOCKS * blockBytes * shards;
    if (ram.maxBytes() - bufferBytes < leastBlocksBytes) {
      problems.addIfSound(
          tooSmall(ram.maxBytes(), leastBlocksBytes + bufferBytes)
              + ": "
              + LEAST_BLOCKS
              + " blocks of "
              + Units.formatBytes(blockBytes)
              + " in each of "
              + shards
              + " shards, and "
              + Units.formatBytes(bufferBytes)
              + " of writeback buffers",
          maxSize,
          blockSize,
          shardCount,
          pageSize,
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_RING_SLOTS),
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_BATCH_SIZE));
    }
  }

  private static void checkFile(
      int tier, FileTierConfig file, WritebackConfig writeback, Problems problems) {
    Place maxSize = Place.ofTier(tier, Settings.FILE, Settings.FILE_MAX_SIZE);
    Place segmentSize = Place.ofTier(tier, Settings.FILE, Settings.FILE_SEGMENT_SIZE);
    long leastBytes = (long) LEAST_SEGMENTS * file.segmentBytes();
    if (file.maxBytes() < leastBytes) {
      problems.addIfSound(
          tooSmall(file.maxBytes(), leastBytes)
              + ": "
              + LEAST_SEGMENTS
              + " segments of "
              + Units.formatBytes(file.segmentBytes())
              + ", so that one can be cleaned while another is written",
          maxSize,
          segmentSize);
    }
    long leastSegmentBytes = (long) LEAST_BATCHES_PER_SEGMENT * writeback.batchBytes();
    if (file.segmentBytes() < leastSegmentBytes) {
      problems.addIfSound(
          tooSmall(file.segmentBytes(), leastSegmentBytes)
              + ": "
              + LEAST_BATCHES_PER_SEGMENT
              + " writeback batches of "
              + Units.formatBytes(writeback.batchBytes()),
          segmentSize,
          Place.of(Settings.WRITEBACK, Settings.WRITEBACK_BATCH_SIZE));
    }
  }

  private static String tooSmall(long bytes, long leastBytes) {
    return Words.quote(Units.formatBytes(bytes))
        + " is too small; expected at least "
        + Units.formatBytes(leastBytes);
  }
}
