// SPDX-License-Identifier: Apache-2.0
/**
 * The duty that makes room in a tier: its coldest zpages are shown the way down, or made denser.
 */
package io.pagestrata.writeback.reclaim;
