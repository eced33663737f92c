// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.FileTierSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What makes a configuration valid beyond the kind of each value. Stateless. */
final class Rules {
  private static final int MOST_RAM_TIERS = 2;
  private static final int LEAST_SEGMENTS = 4;
  private static final int LEAST_PAGES_PER_BATCH = 4;
  private static final int LEAST_BATCHES_PER_SEGMENT = 4;

  /** Positions in a file locator are 39 bits wide. */
  private static final long ADDRESSABLE_UNITS = 1L << 39;

  private static final Place DURABILITY = Place.of(Settings.STORE, DurabilitySettings.DURABILITY);
  private static final Place PAGE_SIZE = Place.of(Settings.STORE, Settings.PAGE_SIZE);
  private static final Place RING_SLOTS =
      Place.of(Settings.WRITEBACK, Settings.WRITEBACK_RING_SLOTS);
  private static final Place BATCH_SIZE =
      Place.of(Settings.WRITEBACK, Settings.WRITEBACK_BATCH_SIZE);

  private static final Place HIGH_WATERMARK =
      Place.of(Settings.WRITEBACK, Settings.WRITEBACK_HIGH_WATERMARK);

  private static final Place LOW_WATERMARK =
      Place.of(Settings.WRITEBACK, Settings.WRITEBACK_LOW_WATERMARK);

  private Rules() {}

  /** Checks every value, then how they fit together. */
  static void check(
      StoreValues store,
      List<TierConfig> tiers,
      WritebackConfig writeback,
      MonitorConfig monitor,
      Problems problems) {
    checkValues(Place.IN_NO_LIST, Settings.STORE, store, problems);
    for (int i = 0; i < tiers.size(); i++) {
      checkValues(i, sectionOf(tiers.get(i)), (Record) tiers.get(i), problems);
    }
    checkValues(Place.IN_NO_LIST, Settings.WRITEBACK, writeback, problems);
    checkValues(Place.IN_NO_LIST, Settings.MONITOR, monitor, problems);
    checkTogether(store, tiers, writeback, problems);
  }

  /** Checks how values fit together that are each allowed. */
  static void checkTogether(
      StoreValues store, List<TierConfig> tiers, WritebackConfig writeback, Problems problems) {
    checkChain(tiers, problems);
    checkDurability(store, tiers, problems);
    checkNames(tiers, problems);
    checkWriteback(store, writeback, problems);
    for (int i = 0; i < tiers.size(); i++) {
      if (tiers.get(i) instanceof RamTierConfig ram) {
        checkRam(i, ram, store, tiers, writeback, problems);
      } else if (tiers.get(i) instanceof FileTierConfig file) {
        checkFile(i, file, store, writeback, problems);
        EncryptionRules.check(i, file.encryption(), store.durability(), problems);
      } else if (problems.isSound(Place.TIERS)) {
        RemoteRules.check(i, tiers, problems);
      }
    }
  }

  private static Section<? extends TierConfig> sectionOf(TierConfig tier) {
    return tier instanceof RamTierConfig
        ? Settings.RAM
        : tier instanceof FileTierConfig ? Settings.FILE : RemoteTierSettings.REMOTE;
  }

  /** Checks each value of a section on its own. */
  static void checkValues(int number, Section<?> section, Record values, Problems problems) {
    for (Setting<?> setting : section.settings()) {
      setting
          .complaintIn(values)
          .ifPresent(it -> problems.add(Place.ofTier(number, section, setting), it));
    }
  }

  private static void checkChain(List<TierConfig> tiers, Problems problems) {
    if (!problems.isSound(Place.TIERS)) {
      return;
    }
    if (tiers.isEmpty()) {
      problems.add(Place.TIERS, "there are none; expected one ram tier on top");
    } else if (tiers.get(0) instanceof RamTierConfig top) {
      checkTopRecompression(top, problems);
    } else {
      problems.add(Place.TIERS, "the first tier is not of type ram; expected one ram tier on top");
    }
    for (int i = 1; i < tiers.size(); i++) {
      Place place = Place.ofTier(i, sectionOf(tiers.get(i)));
      boolean isRam = tiers.get(i) instanceof RamTierConfig;
      if (isRam && i >= MOST_RAM_TIERS && tiers.get(i - 1) instanceof RamTierConfig) {
        problems.add(place, "a third tier of type ram; expected two ram tiers at most");
      } else if (isRam && i == 1) {
        checkLowerCodec((RamTierConfig) tiers.get(i), problems);
      } else if (i < tiers.size() - 1 && tiers.get(i) instanceof FileTierConfig) {
        problems.add(place, "a tier below one of type file; expected one file tier, at the bottom");
      }
    }
  }

  private static void checkDurability(
      StoreValues store, List<TierConfig> tiers, Problems problems) {
    boolean hasFile = tiers.stream().anyMatch(FileTierConfig.class::isInstance);
    if (store.durability() == Durability.DURABLE && !hasFile && problems.isSound(Place.TIERS)) {
      problems.addIfSound(
          "'durable' needs a place for the pages; expected a tier of type file", DURABILITY);
    }
  }

  /** Said for the top tier, into which nothing sinks. */
  private static void checkTopRecompression(RamTierConfig ram, Problems problems) {
    if (ram.recompression().codec().isPresent() && ram.recompression().idleAge().isEmpty()) {
      problems.addIfSound(
          Words.quote(ram.recompression().codec().get())
              + " is never used, since nothing sinks into the top tier; expected "
              + RecompressionSettings.RAM_RECOMPRESS_IDLE_AGE.name()
              + " too, for zpages that rest here",
          Place.ofTier(0, Settings.RAM, RecompressionSettings.RAM_RECOMPRESS),
          Place.ofTier(0, Settings.RAM, RecompressionSettings.RAM_RECOMPRESS_IDLE_AGE));
    }
  }

  /** Said for the second tier, whose codec would silently do nothing. */
  private static void checkLowerCodec(RamTierConfig ram, Problems problems) {
    if (!ram.codec().equals(Settings.RAM_CODEC.standIn())) {
      problems.addIfSound(
          Words.quote(ram.codec())
              + " is for the top tier, which takes the puts; expected none here, and "
              + RecompressionSettings.RAM_RECOMPRESS.name()
              + " to make zpages denser",
          Place.ofTier(1, Settings.RAM, Settings.RAM_CODEC));
    }
  }

  private static void checkNames(List<TierConfig> tiers, Problems problems) {
    Set<String> taken = new HashSet<>();
    tiers.stream()
        .filter(tier -> !(tier instanceof RamTierConfig))
        .forEach(tier -> taken.add(tier.name()));
    for (int i = 0; i < tiers.size(); i++) {
      String name = tiers.get(i).name();
      if (tiers.get(i) instanceof RamTierConfig && !taken.add(name)) {
        problems.addIfSound(
            Words.quote(name) + " is the name of another tier; expected different names",
            Place.ofTier(i, Settings.RAM, Settings.RAM_NAME));
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
          BATCH_SIZE,
          PAGE_SIZE);
    }
  }

  private static void checkRam(
      int tier,
      RamTierConfig ram,
      StoreValues store,
      List<TierConfig> tiers,
      WritebackConfig writeback,
      Problems problems) {
    Place maxSize = Place.ofTier(tier, Settings.RAM, Settings.RAM_MAX_SIZE);
    Place blockSize = Place.ofTier(tier, Settings.RAM, Settings.RAM_BLOCK_SIZE);
    Place shards = Place.ofTier(tier, Settings.RAM, Settings.RAM_SHARDS);
    long smallestBlockBytes = (long) RamNeed.LEAST_PAGES_PER_BLOCK * store.pageBytes();
    long blockBytes = ram.blockBytes().orElse(smallestBlockBytes);
    if (blockBytes < smallestBlockBytes) {
      problems.addIfSound(
          tooSmall(blockBytes, smallestBlockBytes)
              + ": "
              + RamNeed.LEAST_PAGES_PER_BLOCK
              + " pages",
          blockSize,
          PAGE_SIZE);
    }
    RamNeed need = RamNeed.of(tiers, tier, store.pageBytes(), writeback, store.durability());
    if (ram.maxBytes() < need.leastBytes()) {
      problems.addIfSound(
          tooSmall(ram.maxBytes(), need.leastBytes())
              + ": the pool needs "
              + need.blocks()
              + " blocks of "
              + Units.formatBytes(need.blockBytes())
              + (tier == 0 ? buffers(need) : ", and room for the batches from the tier above"),
          maxSize,
          blockSize,
          shards,
          PAGE_SIZE,
          HIGH_WATERMARK,
          LOW_WATERMARK,
          RING_SLOTS,
          BATCH_SIZE);
    }
  }

  private static String buffers(RamNeed need) {
    return ", and writeback buffers of "
        + Units.formatBytes(need.bufferBytes())
        + " (ring-slots times batch-size) may take a quarter of it"
        + (need.lowerBufferBytes() == 0
            ? ""
            : ", beside " + need.lowerBufferBytes() / 1024 + "KiB for the tiers below");
  }

  private static void checkFile(
      int tier,
      FileTierConfig file,
      StoreValues store,
      WritebackConfig writeback,
      Problems problems) {
    Place maxSize = Place.ofTier(tier, Settings.FILE, Settings.FILE_MAX_SIZE);
    Place segmentSize = Place.ofTier(tier, Settings.FILE, Settings.FILE_SEGMENT_SIZE);
    long segmentBytes = segmentBytes(file);
    long leastBytes = LEAST_SEGMENTS * segmentBytes;
    if (file.maxBytes() < leastBytes) {
      problems.addIfSound(
          tooSmall(file.maxBytes(), leastBytes)
              + ": "
              + LEAST_SEGMENTS
              + " segments of "
              + Units.formatBytes(segmentBytes)
              + ", so that there is always one to clean into",
          maxSize,
          segmentSize);
    }
    long mostBytes = ADDRESSABLE_UNITS * ZpageBatch.recordAlignment(store.pageBytes());
    if (file.maxBytes() > mostBytes) {
      problems.addIfSound(
          Words.quote(Units.formatBytes(file.maxBytes()))
              + " is too large; expected at most "
              + Units.formatBytes(mostBytes)
              + ", which is what can be addressed with pages of "
              + Units.formatBytes(store.pageBytes()),
          maxSize,
          PAGE_SIZE);
    }
    long mostBatchBytes = segmentBytes / LEAST_BATCHES_PER_SEGMENT;
    if (writeback.batchBytes() > mostBatchBytes) {
      problems.addIfSound(
          Words.quote(Units.formatBytes(writeback.batchBytes()))
              + " is too large; expected at most "
              + Units.formatBytes(mostBatchBytes)
              + ", a quarter of a segment of "
              + Units.formatBytes(segmentBytes),
          BATCH_SIZE,
          segmentSize,
          maxSize);
    }
  }

  static long segmentBytes(FileTierConfig file) {
    return file.segmentBytes()
        .orElseGet(() -> (long) FileTierSettings.usualSegmentBytes(file.maxBytes()));
  }

  private static String tooSmall(long bytes, long leastBytes) {
    return Words.quote(Units.formatBytes(bytes))
        + " is too small; expected at least "
        + Units.formatBytes(leastBytes);
  }
}
