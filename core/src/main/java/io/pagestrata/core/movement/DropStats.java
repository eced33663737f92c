// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

/**
 * Pages of ephemeral pools that went without being asked to, by reason.
 *
 * @param space a tier was short of room
 * @param tenant reclaim was after pages of their tenant, at a limit of that or on request
 * @param refusedPut a put over them was refused
 * @param pool their pool was destroyed
 * @param lost their only copy was found damaged
 */
public record DropStats(long space, long tenant, long refusedPut, long pool, long lost) {
  /** No pages. */
  public static final DropStats NONE = new DropStats(0, 0, 0, 0, 0);

  /**
   * Those that went since others were counted.
   *
   * @param before what was counted then
   * @return the difference
   */
  public DropStats since(DropStats before) {
    return new DropStats(
        space - before.space,
        tenant - before.tenant,
        refusedPut - before.refusedPut,
        pool - before.pool,
        lost - before.lost);
  }
}
