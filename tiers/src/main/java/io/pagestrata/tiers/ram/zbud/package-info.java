// SPDX-License-Identifier: Apache-2.0
/** The zpool of two buddies per frame, reclaimed frame by frame. */
package io.pagestrata.tiers.ram.zbud;
