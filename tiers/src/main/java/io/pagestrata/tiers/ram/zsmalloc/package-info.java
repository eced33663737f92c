// SPDX-License-Identifier: Apache-2.0
/** The {@code zsmalloc} zpool: size classes over chained frames, with handles and compaction. */
package io.pagestrata.tiers.ram.zsmalloc;
