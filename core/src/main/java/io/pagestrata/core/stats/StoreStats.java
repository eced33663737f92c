// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.stats;

import io.pagestrata.core.dictionary.DictionaryStats;
import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.TierStats;
import java.util.List;

/**
 * Everything a store counts, each value exact at some moment during the call. Gauges hold the
 * present; the others only grow.
 *
 * @param pages gauge: pages present in all pools
 * @param puts puts that stored their page
 * @param putsSameFilled of these, pages kept as one repeated word
 * @param putsIncompressible of these, pages stored as they are since no codec shrank them
 * @param putsRefusedFull puts refused since no room came in time
 * @param putsRefusedTable puts refused since the page table could not grow
 * @param rawBytesPut page bytes of all puts that stored a zpage
 * @param payloadBytesPut what they were compressed to
 * @param stalls puts that had to wait for room
 * @param stallNanos time they waited
 * @param gets gets and takes that found their page
 * @param getMisses gets and takes of absent pages
 * @param sameFilledHits gets served from the entry alone
 * @param hitsByTier gets served by each tier, top first
 * @param takes takes that removed their page
 * @param flushes pages removed by flush
 * @param promotions pages brought up by a refault
 * @param prefetched pages brought up by a prefetch
 * @param corruptPages gets that found damage
 * @param decompressions payloads decompressed, for gets and takes; deduplication and writeback add
 *     nothing to it, and recompression counts its own
 * @param generation gauge: newest generation
 * @param pageTableBytes gauge: bytes charged for page tables, fill patterns and lanes
 * @param budgetUsedBytes gauge: memory charged in all; what is not page table is blocks, spare ones
 *     included, and buffers of writeback and lower tiers
 * @param budgetLimitBytes gauge: configured memory
 * @param refaultLatencyByTier latencies of gets by the tier that served them; the top tier is
 *     sampled, one get in 64
 * @param policies what limits and policies did
 * @param dictionaries what trained dictionaries cost and gain
 * @param syncs what syncs of a durable store did
 * @param writeback movements down the hierarchy
 * @param tiers the tiers, top first
 */
public record StoreStats(
    long pages,
    long puts,
    long putsSameFilled,
    long putsIncompressible,
    long putsRefusedFull,
    long putsRefusedTable,
    long rawBytesPut,
    long payloadBytesPut,
    long stalls,
    long stallNanos,
    long gets,
    long getMisses,
    long sameFilledHits,
    List<Long> hitsByTier,
    long takes,
    long flushes,
    long promotions,
    long prefetched,
    long corruptPages,
    long decompressions,
    long generation,
    long pageTableBytes,
    long budgetUsedBytes,
    long budgetLimitBytes,
    List<LatencySnapshot> refaultLatencyByTier,
    PolicyStats policies,
    DictionaryStats dictionaries,
    SyncStats syncs,
    WritebackStats writeback,
    List<TierStats> tiers) {}
