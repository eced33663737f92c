// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import io.pagestrata.tiers.ram.zsmalloc.ZsmallocSettings;

/**
 * Settings of a RAM tier, checked as they are made. Immutable.
 *
 * @param name tier name in statistics and log lines
 * @param zpool which allocator it has inside; some of the settings below are for one kind alone
 * @param maxBytes most memory for zpages; less is used while the memory budget holds other charges
 * @param pageBytes page size of the store, a power of two from 4 KiB to 64 KiB
 * @param blockBytes {@code log}: size of a block, a power of two that holds two zpages at least and
 *     8 MiB at most; 0 for a 1024th of {@code maxBytes} between 64 KiB and 1 MiB, less in a tiny
 *     tier
 * @param shards {@code log}: blocks filled side by side, so that as many threads append without
 *     meeting; 0 for one for each processor, fewer in a tiny tier
 * @param zspageFrames {@code zsmalloc}: most frames chained to one zspage, 1 to 16
 * @param compactBelowUsedShare {@code zsmalloc}: a size class of which a smaller share is used is
 *     compacted, 0 to 1; 0 for never
 * @param cleanBelowLiveShare {@code log}: blocks with a smaller share of live bytes are cleaned, 0
 *     to 1; 0 for never
 * @param pressureShare used share of the limit from which on the host hears of pressure each time a
 *     block is opened, above 0, up to 1
 * @param eviction in which order zpages leave the tier
 * @param preTouch true to make the whole tier resident at the start (with huge pages where the
 *     system has them) instead of page by page during the first fill
 */
public record RamSettings(
    String name,
    ZpoolKind zpool,
    long maxBytes,
    int pageBytes,
    int blockBytes,
    int shards,
    int zspageFrames,
    double compactBelowUsedShare,
    double cleanBelowLiveShare,
    double pressureShare,
    Eviction eviction,
    boolean preTouch) {
  private static final int MIN_PAGE_BYTES = 4 << 10;
  private static final int MAX_PAGE_BYTES = 64 << 10;
  private static final double CLEAN_BELOW = 0.9;
  private static final double PRESSURE = 0.9;

  /**
   * Checks the values that stand for themselves; whether size and block size fit together is
   * checked by {@link RamTier}.
   *
   * @param name as above
   * @param zpool as above
   * @param maxBytes as above
   * @param pageBytes as above
   * @param blockBytes as above
   * @param shards as above
   * @param zspageFrames as above
   * @param compactBelowUsedShare as above
   * @param cleanBelowLiveShare as above
   * @param pressureShare as above
   * @param eviction as above
   * @param preTouch as above
   * @throws IllegalArgumentException when a value is out of range
   */
  public RamSettings {
    check(name != null && !name.isEmpty(), "a name", name);
    check(zpool != null, "a kind of zpool", zpool);
    check(eviction != null, "an eviction policy", eviction);
    check(maxBytes > 0, "a size above 0", maxBytes);
    check(
        Integer.bitCount(pageBytes) == 1
            && pageBytes >= MIN_PAGE_BYTES
            && pageBytes <= MAX_PAGE_BYTES,
        "a page size from 4 KiB to 64 KiB, a power of two",
        pageBytes);
    check(blockBytes >= 0, "a block size of 0 or more", blockBytes);
    check(shards >= 0, "a shard count of 0 or more", shards);
    check(
        cleanBelowLiveShare >= 0 && cleanBelowLiveShare <= 1,
        "a cleaning threshold from 0 to 1",
        cleanBelowLiveShare);
    check(
        pressureShare > 0 && pressureShare <= 1,
        "a pressure share above 0, up to 1",
        pressureShare);
  }

  private static void check(boolean right, String expected, Object found) {
    if (!right) {
      throw new IllegalArgumentException("RAM tier: expected " + expected + ", found " + found);
    }
  }

  /**
   * Settings with every default.
   *
   * @param name tier name
   * @param maxBytes most memory for zpages
   * @param pageBytes page size of the store
   * @return zpool log, automatic block size and shards, zspages of 8 frames, compaction below 0.98,
   *     cleaning below 0.9, pressure from 0.9, second chances, no pre-touch
   */
  public static RamSettings of(String name, long maxBytes, int pageBytes) {
    return new RamSettings(
        name,
        ZpoolKind.LOG,
        maxBytes,
        pageBytes,
        0,
        0,
        ZsmallocSettings.ZSPAGE_FRAMES,
        ZsmallocSettings.COMPACT_BELOW,
        CLEAN_BELOW,
        PRESSURE,
        Eviction.SECOND_CHANCE,
        false);
  }

  /**
   * These settings with another zpool.
   *
   * @param kind which allocator
   * @return the rest as it is
   */
  public RamSettings with(ZpoolKind kind) {
    return new RamSettings(
        name,
        kind,
        maxBytes,
        pageBytes,
        blockBytes,
        shards,
        zspageFrames,
        compactBelowUsedShare,
        cleanBelowLiveShare,
        pressureShare,
        eviction,
        preTouch);
  }

  /**
   * These settings with another eviction policy.
   *
   * @param order which one
   * @return the rest as it is
   */
  public RamSettings with(Eviction order) {
    return new RamSettings(
        name,
        zpool,
        maxBytes,
        pageBytes,
        blockBytes,
        shards,
        zspageFrames,
        compactBelowUsedShare,
        cleanBelowLiveShare,
        pressureShare,
        order,
        preTouch);
  }
}
