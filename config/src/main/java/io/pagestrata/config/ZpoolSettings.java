// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;

/** The settings of the allocator inside the RAM tier, as {@link Settings} is for all others. */
public final class ZpoolSettings {
  private static final int MOST_ZSPAGE_FRAMES = 16;

  /** Kind of allocator. */
  public static final Setting<ZpoolKind> RAM_ZPOOL =
      Setting.withDefault(
          "zpool",
          new ChoiceType<>(ZpoolKind.class),
          "log",
          RamTierConfig.class,
          RamTierConfig::zpool,
          "Allocator of zpages: log stacks them in blocks, zsmalloc packs them by size, zbud keeps"
              + " two to a page of memory, chronicle uses a Chronicle Map.");

  /** Order of eviction. */
  public static final Setting<Eviction> RAM_EVICTION =
      Setting.withDefault(
          "eviction",
          new ChoiceType<>(Eviction.class),
          "s3-fifo",
          RamTierConfig.class,
          RamTierConfig::eviction,
          "Which zpages leave first: s3-fifo keeps new ones and those read again apart and learns"
              + " from the accesses how much either deserves; second-chance has one line of ages;"
              + " lru evicts what was used least lately, to the zpage, at the price of more work.");

  /** Frames of a zspage. */
  public static final Setting<Integer> RAM_ZSPAGE_FRAMES =
      Setting.withDefault(
          "zspage-frames",
          new RangeType.Count(1, MOST_ZSPAGE_FRAMES),
          "8",
          RamTierConfig.class,
          RamTierConfig::zspageFrames,
          "With zpool zsmalloc: most page-sized frames chained to one zspage; the more, the less is"
              + " wasted at their ends.");

  /** Threshold of compaction. */
  public static final Setting<Double> RAM_COMPACT_BELOW_USED_SHARE =
      Setting.withDefault(
          "compact-below-used-share",
          new RangeType.Decimal(0, 1),
          "0.98",
          RamTierConfig.class,
          RamTierConfig::compactBelowUsedShare,
          "With zpool zsmalloc: a size class of which a smaller share is used is compacted when that"
              + " frees memory; 0 turns compaction off.");

  private ZpoolSettings() {}
}
