// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import java.util.function.LongSupplier;

/**
 * Where the duties of one tier report what they did.
 *
 * @param counters movements out of the tier
 * @param monitor hears events and errors, from all tiers
 * @param stalls puts that had to wait, ever, which are told with each batch; asked on background
 *     threads
 */
public record Reporting(MovementCounters counters, Monitor monitor, LongSupplier stalls) {}
