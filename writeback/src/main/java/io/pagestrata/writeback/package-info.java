// SPDX-License-Identifier: Apache-2.0
/**
 * Moves zpages down the hierarchy in the background, and says so.
 *
 * <h2>Tour</h2>
 *
 * <p>Start at {@link io.pagestrata.writeback.TieredWriteback}. For every tier with another below it
 * there is a {@link io.pagestrata.writeback.reclaim.Reclaimer}, which collects cold zpages into
 * batches, and a {@link io.pagestrata.writeback.pipeline.Pipeline}, which writes and commits them.
 * {@link io.pagestrata.writeback.monitor.Monitor} writes the log. Each is an {@link
 * io.pagestrata.writeback.agent.Agent} with a thread of its own.
 *
 * <p>Payloads are moved as they are: nothing here compresses or decompresses.
 */
package io.pagestrata.writeback;
