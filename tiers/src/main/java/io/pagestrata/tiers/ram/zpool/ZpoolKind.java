// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zpool;

/** Which allocator a RAM tier has inside. */
public enum ZpoolKind {
  /** Zpages stacked in blocks that are reclaimed in age order. */
  LOG,
  /** Size classes over chained frames, handles, compaction. */
  ZSMALLOC,
  /** Two buddies per frame. */
  ZBUD,
  /** Values of a Chronicle Map. */
  CHRONICLE
}
