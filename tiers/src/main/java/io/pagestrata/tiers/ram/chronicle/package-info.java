// SPDX-License-Identifier: Apache-2.0
/** The zpool that keeps its zpages in a Chronicle Map, the only place where that library is met. */
package io.pagestrata.tiers.ram.chronicle;
