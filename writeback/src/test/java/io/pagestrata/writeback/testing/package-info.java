// SPDX-License-Identifier: Apache-2.0
/** Small honest stand-ins for tiers, page table and clock, and a rig that steps agents by hand. */
package io.pagestrata.writeback.testing;
