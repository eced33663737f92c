// SPDX-License-Identifier: Apache-2.0
/** The duties that make room in a tier: reclaim of its coldest zpages, and upkeep. */
package io.pagestrata.writeback.reclaim;
