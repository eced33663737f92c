// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.Recompressor;

/**
 * What is done for the tier that takes the batches.
 *
 * @param upkeep makes room in it
 * @param recompressor makes zpages as dense as it wants them
 */
public record LowerSide(Upkeep upkeep, Recompressor recompressor) {}
