// SPDX-License-Identifier: Apache-2.0
/** The log-structured zpool: zpages stacked in blocks, blocks kept in age order. */
package io.pagestrata.tiers.ram.log;
