// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.Optional;

/**
 * A compressed pool in RAM. Immutable; checked as part of a {@link PagestrataConfig}. What each
 * value means stands in {@link Settings}.
 *
 * @param name name in statistics and log lines
 * @param maxBytes memory of the tier; in the top one also page table and buffers of the store
 * @param codec name of the codec for new zpages, in the top tier
 * @param zpool kind of allocator
 * @param eviction which zpages leave first
 * @param zspageFrames most frames of a zspage
 * @param compactBelowUsedShare size classes of which a smaller share is used are compacted, 0 to 1
 * @param blockBytes size of a block, or empty to let the tier choose
 * @param shards shards of the pool, or empty to let the tier choose
 * @param cleanBelowLiveShare blocks with a smaller live share are cleaned, 0 to 1
 * @param preTouch whether memory is touched when the store opens
 * @param verifyChecksum whether the checksum is checked on reads from the top tier
 * @param recompression how zpages are made denser
 */
public record RamTierConfig(
    String name,
    long maxBytes,
    String codec,
    ZpoolKind zpool,
    Eviction eviction,
    int zspageFrames,
    double compactBelowUsedShare,
    Optional<Long> blockBytes,
    Optional<Integer> shards,
    double cleanBelowLiveShare,
    boolean preTouch,
    boolean verifyChecksum,
    RecompressionConfig recompression)
    implements TierConfig {
  static RamTierConfig from(SectionDraft draft) {
    return new RamTierConfig(
        draft.get(Settings.RAM_NAME),
        draft.get(Settings.RAM_MAX_SIZE),
        draft.get(Settings.RAM_CODEC),
        draft.get(ZpoolSettings.RAM_ZPOOL),
        draft.get(ZpoolSettings.RAM_EVICTION),
        draft.get(ZpoolSettings.RAM_ZSPAGE_FRAMES),
        draft.get(ZpoolSettings.RAM_COMPACT_BELOW_USED_SHARE),
        draft.get(Settings.RAM_BLOCK_SIZE),
        draft.get(Settings.RAM_SHARDS),
        draft.get(Settings.RAM_CLEAN_BELOW_LIVE_SHARE),
        draft.get(Settings.RAM_PRE_TOUCH),
        draft.get(Settings.RAM_VERIFY_CHECKSUM),
        RecompressionSettings.ofRam(draft));
  }
}
