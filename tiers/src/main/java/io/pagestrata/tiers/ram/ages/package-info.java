// SPDX-License-Identifier: Apache-2.0
/** The age order of regions, for zpools that keep one beside their memory. */
package io.pagestrata.tiers.ram.ages;
