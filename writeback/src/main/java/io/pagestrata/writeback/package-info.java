// SPDX-License-Identifier: Apache-2.0
/**
 * Moves zpages down the hierarchy in the background, and says so.
 *
 * <h2>Tour</h2>
 *
 * <p>Start at {@link io.pagestrata.writeback.TieredWriteback}. For every tier with another below it
 * there is a {@link io.pagestrata.writeback.reclaim.Reclaimer}, which collects cold zpages into
 * batches, and a {@link io.pagestrata.writeback.pipeline.Pipeline}, whose two stages write and
 * commit them; a last tier in RAM has the former alone, to drop ephemeral pages. {@link
 * io.pagestrata.writeback.upkeep.Maintainer} looks after each tier, {@link
 * io.pagestrata.writeback.promotion.RefaultDistancePromotion} says what comes up again, {@link
 * io.pagestrata.writeback.monitor.Monitor} writes the log. Reclaimers, stages, maintainers and the
 * monitor are {@linkplain io.pagestrata.writeback.agent.Agent agents} with a thread each.
 *
 * <p>Payloads are moved as they are, unless the tier below has a {@link
 * io.pagestrata.core.tier.Recompressor}: nothing here names a codec.
 */
package io.pagestrata.writeback;
