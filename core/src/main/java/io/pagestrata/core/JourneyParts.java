// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.FillPatterns;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the journeys of pages through one store have in common.
 *
 * @param settings of the store
 * @param hierarchy the tiers, and every change of an entry that moves a page between them
 * @param lanes one is borrowed by each operation
 * @param patterns words of same-filled pages that do not fit into an entry
 * @param generations the newest; each put and each removal takes the next
 */
record JourneyParts(
    StoreSettings settings,
    PageHierarchy hierarchy,
    Lanes lanes,
    FillPatterns patterns,
    AtomicLong generations) {}
