// SPDX-License-Identifier: Apache-2.0
/** What the store counts, as immutable snapshots. */
package io.pagestrata.core.stats;
