// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

/**
 * Settings of a {@code log} pool; whether sizes fit together shows when the pool is made.
 * Immutable.
 *
 * @param maxBytes most bytes of all blocks
 * @param pageBytes page size of the store
 * @param blockBytes size of a block, 0 for automatic
 * @param shards blocks filled side by side, 0 for automatic
 * @param cleanBelowLiveShare blocks with a smaller share of live bytes are cleaned; 0 for never
 * @param preTouch true to make all memory resident at the start
 */
public record LogSettings(
    long maxBytes,
    int pageBytes,
    int blockBytes,
    int shards,
    double cleanBelowLiveShare,
    boolean preTouch) {}
